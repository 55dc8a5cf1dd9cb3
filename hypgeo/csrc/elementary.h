// exp, log1p and their differences on V, to about one ulp, and logarithms in double-double.
//
// Arguments are what the kernels need: finite, in the stated range; no special values.
#pragma once
#include "dd.h"
#include "tables.h"

HYPGEO_BEGIN

// ln2 with a leading part short enough that multiples by any binary exponent are exact.
constexpr double ln2_short = 0x1.62e42fefap-1;
constexpr double ln2_rest = 0x1.cf79abc9e3b39p-40;

constexpr double round_magic = 0x1.8p52;  // x + magic - magic rounds |x| < 2^51 to an integer

// 2^k for the integer whose bits are the low bits of k + round_magic; -1022 <= k <= 1023.
template <class V>
HYPGEO_INLINE V power_of_two(V k_plus_magic) {
  return as_real(shift_left(as_int(k_plus_magic), 52) + (std::int64_t{1023} << 52));
}

// 1/3!, 1/4!, ...: e^r = 1 + r + r^2/2 + r^3 (c0 + c1 r + ...) to 2^-58 for |r| <= ln(2)/2.
HYPGEO_TABLE double exp_table[11] = {
    1.0 / 6,     1.0 / 24,     1.0 / 120,     1.0 / 720,       1.0 / 5040,      1.0 / 40320,
    1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0};

// x - k ln2 for |k| < 2^16.
template <class V>
HYPGEO_INLINE V minus_ln2_times(V x, V k) {
  return (x - k * ln2_short) - k * ln2_rest;
}

template <class V>
struct exponential {
  V scale, tail;  // e^x = scale (1 + tail)
};

template <class V>
HYPGEO_INLINE exponential<V> exp_parts(V x) {
  const V t = mul_add(x, splat<V>(1.0 / ln2_hi), splat<V>(round_magic));
  const V k = t - round_magic;
  const V r = minus_ln2_times(x, k);
  const V r2 = r * r;
  return {power_of_two(t), r + r2 * mul_add(r, polynomial(exp_table, r), splat<V>(0.5))};
}

// e^x for -700 < x < 700.
template <class V>
HYPGEO_INLINE V exp(const exponential<V>& e) {
  return mul_add(e.scale, e.tail, e.scale);
}
template <class V>
HYPGEO_INLINE V exp(V x) {
  return exp(exp_parts(x));
}

// e^x - 1 with full relative precision, same range.
template <class V>
HYPGEO_INLINE V expm1(const exponential<V>& e) {
  return mul_add(e.scale, e.tail, e.scale - 1.0);
}
template <class V>
HYPGEO_INLINE V expm1(V x) {
  return expm1(exp_parts(x));
}

// y e^(x.hi + x.lo), rounded towards overflow and underflow only once; any finite x and y > 0
// with y itself far from the ends of the range.
template <class V>
HYPGEO_INLINE V exp_scaled(dd<V> x, V y) {
  const V hi = max(min(x.hi, splat<V>(1400.0)), splat<V>(-1400.0));
  const V t = mul_add(hi, splat<V>(1.0 / ln2_hi), splat<V>(round_magic));
  const V k = t - round_magic;
  const exponential<V> e = exp_parts(minus_ln2_times(hi, k) + x.lo);
  const V f = y * exp(e);
  // 2^k in two halves, s^2 and s 2^rest: only the last product can leave the normal range.
  const V third = mul_add(k, splat<V>(0.25), splat<V>(round_magic));
  const V j = third - round_magic;
  const V rest = (k - j * 3.0) + round_magic;
  const V s = power_of_two(third);
  return ((f * s) * s) * (s * power_of_two(rest));
}

// log(1 + x) and x - log(1 + x), both with full relative precision, for u = 1 + x > 0.
// fdlibm's minimax polynomial for log (e_log.c, Sun Microsystems): R(s^2), s = f / (2 + f).
HYPGEO_TABLE double log_series[7] = {
    6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
    2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
    1.479819860511658591e-01};

// f - log(1 + f) for f in [sqrt(1/2) - 1, sqrt(2) - 1].
template <class V>
HYPGEO_INLINE V reduced_defect(V f) {
  const V s = f / (f + 2.0);
  const V s2 = s * s;
  const V half_square = f * f * 0.5;
  return half_square - s * mul_add(s2, polynomial(log_series, s2), half_square);
}

// Arguments this small need no reduction; where all lanes are, most of the work is saved.
template <class V>
HYPGEO_INLINE bool all_reduced(V x) {
  return all((x > -0.29) & (x < 0.41));
}

// And these need no division either: x - log(1 + x) by its Taylor series.
HYPGEO_TABLE double defect_series[8] = {1.0 / 2,  -1.0 / 3, 1.0 / 4,  -1.0 / 5,
                                        1.0 / 6, -1.0 / 7, 1.0 / 8, -1.0 / 9};

template <class V>
HYPGEO_INLINE bool all_tiny(V x) {
  return all(abs(x) < 0x1p-6);
}
template <class V>
HYPGEO_INLINE V tiny_defect(V x) {
  return x * x * polynomial(defect_series, x);
}

template <class V>
struct reduced_log {
  V f;    // u = 2^k (1 + f)
  V k;    // binary exponent
  V psi;  // f - log(1 + f)
};

// u = 1 + x is given beside x because the caller often has it to full relative precision.
template <class V>
HYPGEO_INLINE reduced_log<V> reduce_log(V x, V u) {
  constexpr std::int64_t half_sqrt = 0x3fe6a09e667f3bcd;
  const ints_of<V> biased = as_int(u) - half_sqrt + (std::int64_t{1024} << 52);
  const ints_of<V> exponent = shift_right(biased, 52);
  const V k = as_real(exponent | 0x4330000000000000) - (0x1p52 + 1024);
  const V mantissa =
      as_real(as_int(u) - shift_left(exponent, 52) + (std::int64_t{1024} << 52));
  const V f = select(k == 0.0, x, mantissa - 1.0);
  return {f, k, reduced_defect(f)};
}

template <class V>
HYPGEO_INLINE V log1p_anywhere(V x, V u) {
  const reduced_log<V> r = reduce_log(x, u);
  return mul_add(r.k, splat<V>(ln2_hi), r.f - (r.psi - r.k * ln2_lo));
}

template <class V>
HYPGEO_INLINE V log1p(V x, V u) {
  if (all_tiny(x)) return x - tiny_defect(x);
  if (all_reduced(x)) return x - reduced_defect(x);
  return log1p_anywhere(x, u);
}

// psi(x) = x - log(1 + x) >= 0.
template <class V>
HYPGEO_INLINE V defect_anywhere(V x, V u) {
  const reduced_log<V> r = reduce_log(x, u);
  return ((x - r.f) - r.k * ln2_hi) + (r.psi - r.k * ln2_lo);
}

template <class V>
HYPGEO_INLINE V log1p_defect(V x, V u) {
  if (all_tiny(x)) return tiny_defect(x);
  if (all_reduced(x)) return reduced_defect(x);
  return defect_anywhere(x, u);
}

// Several at a time: a chain of instructions by itself spends most of its time waiting, several side
// by side do not.

template <class V, int N, class F>
HYPGEO_INLINE bool all_of(const V (&x)[N], const F& holds) {
  for (int k = 0; k < N; ++k)
    if (!holds(x[k])) return false;
  return true;
}

template <class V, int N>
HYPGEO_INLINE void log1p(const V (&x)[N], const V (&u)[N], V (&out)[N]) {
  if (all_of(x, [](V y) { return all_reduced(y); })) {
    for (int k = 0; k < N; ++k) out[k] = x[k] - reduced_defect(x[k]);
  } else {
    for (int k = 0; k < N; ++k) out[k] = log1p_anywhere(x[k], u[k]);
  }
}

template <class V, int N>
HYPGEO_INLINE void log1p_defect(const V (&x)[N], const V (&u)[N], V (&out)[N]) {
  if (all_of(x, [](V y) { return all_tiny(y); })) {
    for (int k = 0; k < N; ++k) out[k] = tiny_defect(x[k]);
  } else if (all_of(x, [](V y) { return all_reduced(y); })) {
    for (int k = 0; k < N; ++k) out[k] = reduced_defect(x[k]);
  } else {
    for (int k = 0; k < N; ++k) out[k] = defect_anywhere(x[k], u[k]);
  }
}

// Double-double logarithms -----------------------------------------------------------------------

template <class V>
struct dd_log {
  dd<V> base;    // k ln2 - log(c)
  dd<V> r;       // c u / 2^k - 1, |r| < 2^-6.9
  dd<V> defect;  // r - log(1 + r)
};

// 1/3, -1/4, ...: r^2/2 - (r - log(1+r)) = r^3 (c0 + c1 r + ...).
HYPGEO_TABLE double log_tail[9] = {1.0 / 3, -1.0 / 4, 1.0 / 5,  -1.0 / 6, 1.0 / 7,
                                   -1.0 / 8, 1.0 / 9, -1.0 / 10, 1.0 / 11};

// u = 1 + x > 0 and x, each to double-double relative precision. Where u is within 2^-7 of 1 the
// table's c is 1 and r = x exactly, so that nothing cancels.
template <class V>
HYPGEO_INLINE dd_log<V> reduce_log(dd<V> x, dd<V> u) {
  constexpr std::int64_t offset = 0x3fe6000000000000;
  const ints_of<V> biased = as_int(u.hi) - offset + (std::int64_t{1024} << 52);
  const ints_of<V> exponent = shift_right(biased, 52);
  const V k = as_real(exponent | 0x4330000000000000) - (0x1p52 + 1024);
  const ints_of<V> bin = shift_right(biased, 45) & 127;
  V row[4];
  load_rows(log_table, bin, row);
  const V c = row[0];
  const V scale = as_real((std::int64_t{2047} << 52) - shift_left(exponent, 52));
  const dd<V> p = two_prod(u.hi * scale, c);
  const dd<V> reduced = quick_two_sum(p.hi - 1.0, p.lo + u.lo * scale * c);
  const dd<V> r = select<V>((k == 0.0) & (c == 1.0), x, reduced);
  const dd<V> square = mul(r, r);
  const V cube = r.hi * square.hi * polynomial(log_tail, r.hi);
  const dd<V> base = two_sum(k * ln2_short, row[1]);
  return {{base.hi, base.lo + mul_add(k, splat<V>(ln2_rest), row[2])},
          r,
          quick_two_sum(square.hi * 0.5, square.lo * 0.5 - cube)};
}

template <class V>
HYPGEO_INLINE dd<V> log1p(dd<V> x, dd<V> u) {
  const dd_log<V> l = reduce_log(x, u);
  return add(l.base, sub(l.r, l.defect));
}

template <class V>
HYPGEO_INLINE dd<V> log1p_defect(dd<V> x, dd<V> u) {
  const dd_log<V> l = reduce_log(x, u);
  const dd<V> a = two_sum(x.hi, -l.r.hi), b = two_sum(a.hi, -l.base.hi);
  const dd<V> s = two_sum(b.hi, l.defect.hi);
  const V lo = ((x.lo - l.r.lo) + (l.defect.lo - l.base.lo)) + ((a.lo + b.lo) + s.lo);
  return quick_two_sum(s.hi, lo);
}

HYPGEO_END
