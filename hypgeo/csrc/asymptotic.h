// The expansion of Euler's integral for large m z, where (1 - zt)^m has died out long before t = 1.
//
// Watson's lemma (DLMF 2.4(i)): (1 - t)^(d-1) is expanded at t = 0 and integrated term by term, up
// to the zero t = 1/z of the power instead of t = 1. With n = m + 1,
//
//   2F1(-m, b; c; z) ~ (d)_b / ((n)_b z^b) sum_k (1 - d)_k (b)_k / (k! (n + b)_k) z^-k,
//
// (x)_b = Gamma(x + b) / Gamma(x). docs/algorithms.md bounds what is left out.
#pragma once
#include "finish.h"
#include "gamma.h"

HYPGEO_BEGIN

// Where `asymptotic_series` reaches full precision. The first condition makes the terms with k > d
// fall, and leaves e^-50 or less of the integral beyond t = 1; the second keeps the alternating
// terms with k < d small, so that they cancel no more than one bit; the third keeps the weight of
// t = 1, 1/d, below what the fall leaves.
HYPGEO_INLINE bool is_asymptotic(double m, double b, double d, double z) {
  const double nz = (m + 1) * z;
  const double wide = (b > 1 ? b : 1) * (d > 1 ? d : 1);
  return 2 * b + (d < 0.01 ? 80 : 60) <= nz && wide <= 0.5 * nz && d >= 1e-9;
}

// sum_k (1 - d)_k (b)_k / (k! (n + b)_k) z^-k. After 40 terms they have fallen to 2^-46 at least,
// and go on falling.
template <class V>
HYPGEO_INLINE V asymptotic_series(V n, V b, V d, V z) {
  constexpr int most_terms = 96;
  const V zn = z * (n + b), one_less_d = splat<V>(1.0) - d;
  V term = splat<V>(1.0), sum = term;
  for (int k = 0; k < most_terms; ++k) {
    const double kk = k;
    const V up = (one_less_d + kk) * (b + kk);
    const V down = mul_add(z, splat<V>(kk), zn) * (kk + 1.0);
    term = term * (up / down);
    sum = sum + term;
    if (all(abs(term) <= sum * 0x1p-56)) break;
  }
  return sum;
}

// (d)_b / ((n)_b z^b) for b = 1, 2 or 3, without logarithms.
constexpr double most_factors = 3.0;

template <class V>
HYPGEO_INLINE V ratio_of_products(V n, V b, dd<V> d, V z) {
  V ratio = splat<V>(1.0);
  for (int k = 0; k < int(most_factors); ++k) {
    const double kk = k;
    const V factor = (d.hi + kk + d.lo) / ((n + kk) * z);
    ratio = select(b > kk, ratio * factor, ratio);
  }
  return ratio;
}

// The logarithm of (d)_b / ((n)_b z^b) but for Stirling's remainders and square roots:
// b log(c / (z (n + b))) + d log(c / d) - n log((n + b) / n), the last two at most b.
template <class V>
HYPGEO_INLINE dd<V> log_of_powers(dd<V> n, V b, dd<V> d, V c, V z) {
  const dd<V> nb = add(n, b);
  const dd<V> ratio = div(widen(c), mul(nb, z));
  const dd<V> scale = mul(log1p(add(ratio, splat<V>(-1.0)), ratio), b);
  const dd<V> upper = mul(d, log1p(div(widen(b), d), div(widen(c), d)));
  const dd<V> lower = mul(n, log1p(div(widen(b), n), div(nb, n)));
  return add(scale, sub(upper, lower));
}

template <class Finish, class V>
HYPGEO_INLINE V asymptotic(V m, V b, V c, V z) {
  const dd<V> d = two_sum(c, -b), n = two_sum(m, splat<V>(1.0));
  const V sum = asymptotic_series(n.hi, b, d.hi, z);
  const mask_of<V> few = (b == 1.0) | (b == 2.0) | (b == most_factors);
  if (all(few)) return Finish::plain(sum * ratio_of_products(n.hi, b, d, z));
  const V stirling = gamma_factor_ratio(d.hi, c) / gamma_factor_ratio(n.hi, n.hi + b);
  return Finish::scaled(log_of_powers(n, b, d, c, z), sum * stirling);
}

HYPGEO_END
