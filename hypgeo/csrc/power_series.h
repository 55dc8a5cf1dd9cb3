// Series whose terms are all positive, for few terms or a small argument:
//
//   S(m, beta; c; w) = sum_k binom(m, k) (beta)_k / (c)_k w^k,   beta, c, w > 0.
//
//   2F1(-m, b; c; z) = S(m, b; c; -z)                                z < 0   (DLMF 15.2.1)
//                    = (1 - z)^m S(m, c - b; c; z / (1 - z))     0 <= z < 1  (DLMF 15.8.1, Pfaff)
#pragma once
#include "finish.h"

HYPGEO_BEGIN

// Term k + 1 over term k.
template <class V>
HYPGEO_INLINE dd<V> term_ratio(V m, dd<V> beta, V c, dd<V> w, V k) {
  const dd<V> up = sloppy_mul(sloppy_mul(sloppy_add(beta, k), m - k), w);
  const dd<V> down = sloppy_mul(two_sum(c, k), k + 1.0);
  return sloppy_div(up, down);
}

// sum_k binom(m, k) (beta)_k / (c)_k w^k q^(m-k), by Horner's rule from the last term in
// double-double: right to half an ulp, and at q = 0 the Pochhammer ratio.
template <class V>
HYPGEO_INLINE V homogeneous_sum(V m, dd<V> beta, V c, V w, dd<V> q) {
  const dd<V> one = widen(splat<V>(1.0));
  dd<V> sum = one, power = one;
  V k = splat<V>(-1.0);
  while (any(k < m - 1.0)) k = k + 1.0;
  for (; all(k >= 0.0); k = k - 1.0) {
    const dd<V> ratio = term_ratio(m, beta, c, widen(w), k);
    const mask_of<V> within = k < m;
    power = select<V>(within, sloppy_mul(power, q), power);
    sum = select<V>(within, sloppy_add(power, sloppy_mul(sum, ratio)), sum);
  }
  return sum.hi + sum.lo;
}

// 2F1 - 1 by its own series, 0 <= m z <= 1/2: the terms fall faster than 2^-k / k! and alternate.
template <class V>
HYPGEO_INLINE V alternating_series(V m, V b, V c, V z) {
  constexpr int most_terms = 24;
  V term = splat<V>(1.0), sum = splat<V>(0.0);
  for (int k = 0; k < most_terms; ++k) {
    const double kk = k;
    term = term * (z * (kk - m) * (b + kk) / ((c + kk) * (kk + 1.0)));
    sum = sum + term;
    if (all(abs(term) <= abs(sum) * 0x1p-58)) break;
  }
  return sum;
}

// Whether the ratio of neighbouring terms stays below `ratio` from k on: (beta + k) / (k + 1) tends
// to 1 from either side, the other factors fall.
template <class V>
HYPGEO_INLINE mask_of<V> dies_out(V m, V beta, V c, V w, V k, double ratio = 0.5) {
  return max(beta + k, k + 1.0) * (m - k) * w < (c + k) * (k + 1.0) * ratio;
}

// S for w m up to some dozens; w carries the rounding of the caller's division, to first order.
template <class V>
HYPGEO_INLINE V short_series(V m, dd<V> beta, V c, dd<V> w) {
  constexpr int most_terms = 4096;
  V term = splat<V>(1.0), sum = term, moment = splat<V>(0.0);
  for (int k = 0; k < most_terms; ++k) {
    const double kk = k;
    const V ratio = w.hi * (m - kk) * (beta.hi + kk) / ((c + kk) * (kk + 1.0));
    term = max(term * ratio, splat<V>(0.0));
    sum = sum + term;
    moment = mul_add(term, splat<V>(kk + 1.0), moment);
    if (all((term <= sum * 0x1p-56) & dies_out(m, beta.hi, c, w.hi, splat<V>(kk)))) break;
  }
  return mul_add(moment, w.lo / w.hi, sum);
}

// Once the terms have fallen to this share of the sum and fall by that factor or more they are plain
// doubles: all that follow are 2^-9 of the sum, and their errors of some eps no longer matter.
constexpr double minor_term = 0x1p-11, minor_ratio = 0.75;

// Terms k + 1, k + 2, ... to the end, in double.
template <class V>
HYPGEO_INLINE V minor_terms(V m, V beta, V c, V w, V k, V term, V sum) {
  constexpr int most_terms = 4096;
  V total = splat<V>(0.0);
  for (int i = 0; i < most_terms; ++i) {
    k = k + 1.0;
    term = max(term * (w * (m - k) * (beta + k) / ((c + k) * (k + 1.0))), splat<V>(0.0));
    total = total + term;
    if (all((term <= sum * 0x1p-56) & dies_out(m, beta, c, w, k))) break;
  }
  return total;
}

// The same in double-double, for arguments at which more terms matter than double can add up.
template <class V>
HYPGEO_INLINE V medium_series(V m, dd<V> beta, V c, dd<V> w) {
  constexpr int most_terms = 4096;
  dd<V> term = widen(splat<V>(1.0)), sum = term;
  V k = splat<V>(0.0);
  for (int i = 0; i < most_terms; ++i) {
    // Zero from k = m on.
    term = sloppy_mul(term, term_ratio(m, beta, c, w, k));
    sum = sloppy_add(sum, term);
    if (all((term.hi <= sum.hi * minor_term) & dies_out(m, beta.hi, c, w.hi, k, minor_ratio)))
      break;
    k = k + 1.0;
  }
  return sum.hi + (sum.lo + minor_terms(m, beta.hi, c, w.hi, k, term.hi, sum.hi));
}

// S for any arguments, in double-double with a scaled exponent. When beta >= c the sum overflows
// before it needs much more than a thousand terms.
template <class V>
HYPGEO_INLINE V long_series(V m, V beta, V c, V w) {
  constexpr double big = 0x1p400, small = 0x1p-400;
  dd<V> term = widen(splat<V>(1.0)), sum = term;
  V scalings = splat<V>(0.0);
  for (V k = splat<V>(0.0); any(k < m); k = k + 1.0) {
    const dd<V> step = mul(div(two_sum(beta, k), two_sum(c, k)), max(m - k, splat<V>(0.0)));
    term = div(mul(mul(term, step), w), widen(k + 1.0));
    sum = add(sum, term);
    const mask_of<V> done = (term.hi <= sum.hi * 0x1p-58) & dies_out(m, beta, c, w, k);
    const mask_of<V> overflows = (scalings > 2.0) | !(sum.hi <= 0x1p1022);
    if (all(done | overflows)) break;
    const mask_of<V> grown = sum.hi > big;
    if (!any(grown)) continue;
    const V factor = select(grown, splat<V>(small), splat<V>(1.0));
    term = {term.hi * factor, term.lo * factor};
    sum = {sum.hi * factor, sum.lo * factor};
    scalings = scalings + select(grown, splat<V>(1.0), splat<V>(0.0));
  }
  // Only overflow can have made a sum of positive terms anything but finite.
  V result = select(sum.hi <= 0x1p1022, sum.hi, splat<V>(HUGE_VAL));
  for (int i = 0; i < 3; ++i) result = select(scalings > double(i), result * big, result);
  return result;
}

// (1 - z)^m y for z < 1.
template <class Finish, class V>
HYPGEO_INLINE V power_of_complement(V z, V m, V y) {
  const dd<V> u = two_sum(splat<V>(1.0), -z);
  return Finish::scaled(mul(log1p(widen(-z), u), m), y);
}

// 0 < z < 1 by Pfaff's transformation, -m log(1 - z) of moderate size.
template <class V>
HYPGEO_INLINE V pfaff_short(V m, V b, V c, V z) {
  const dd<V> q = two_sum(splat<V>(1.0), -z);
  const V sum = short_series(m, two_sum(c, -b), c, div(widen(z), q));
  return power_of_complement<as_value>(z, m, sum);
}
template <class V>
HYPGEO_INLINE V pfaff_medium(V m, V b, V c, V z) {
  const dd<V> q = two_sum(splat<V>(1.0), -z);
  const V sum = medium_series(m, two_sum(c, -b), c, div(widen(z), q));
  return power_of_complement<as_value>(z, m, sum);
}

HYPGEO_END
