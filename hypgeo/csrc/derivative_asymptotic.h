// F and its derivatives by the expansion for large m z (asymptotic.h), term by term.
#pragma once
#include "asymptotic.h"
#include "derivative_jet.h"
#include "digamma.h"

HYPGEO_BEGIN

// Sums over k >= 1 of the terms of asymptotic_series over b, with weights.
template <class V>
struct asymptotic_sums {
  V value, by_b, by_d;  // by_d: the derivative in 1 - d; by_b: in b, at the same d, times b
  V z, zz;              // weights b + k and (b + k)(b + k + 1)
};

// The derivative of (1 - d)_k has its own recurrence, because a factor 1 - d + j may vanish.
template <bool Whole, class V>
HYPGEO_INLINE asymptotic_sums<V> sum_asymptotic(V n, V b, V d, V z) {
  constexpr int most_terms = 96;
  const V zn = z * (n + b), one_less_d = splat<V>(1.0) - d, zero = splat<V>(0.0);
  const V wide = max(b, splat<V>(1.0));
  V term = one_less_d / zn, slope = splat<V>(1.0) / zn, by_b = Whole ? n / (n + b) : zero;
  asymptotic_sums<V> s = {zero, zero, zero, zero, zero};
  for (int k = 1; k < most_terms; ++k) {
    const double kk = k;
    const V bk = b + kk, weighted = term * bk, sum_n = mul_add(z, splat<V>(kk), zn);
    s.value = s.value + term;
    s.by_d = s.by_d + slope;
    s.z = s.z + weighted;
    if (Whole) {
      s.by_b = mul_add(term, by_b, s.by_b);
      s.zz = mul_add(weighted, bk + 1.0, s.zz);
    }
    // The relative size of what follows is at most that of this term.
    const V heaviest = Whole ? bk * bk : bk;
    if (all(max(abs(term), abs(slope)) * wide * heaviest <= 0x1p-56)) break;
    const V inverse = splat<V>(1.0) / (sum_n * bk);
    const V up = one_less_d + kk, factor = bk * bk * inverse * (1.0 / (kk + 1.0));
    if (Whole) by_b = mul_add(b * n * z, inverse, by_b);
    slope = mul_add(slope, up, term) * factor;
    term = term * up * factor;
  }
  return s;
}

// psi(d + b) - psi(d) for b = 1, 2 or 3 (DLMF 5.5.2).
template <class V>
HYPGEO_INLINE V sum_of_inverses(dd<V> d, V b) {
  V sum = splat<V>(1.0) / d.hi;
  for (int k = 1; k < int(most_factors) && any(b > double(k)); ++k)
    sum = select(b > double(k), sum + splat<V>(1.0) / (d.hi + double(k) + d.lo), sum);
  return sum;
}

template <class V>
HYPGEO_INLINE V digamma_difference(const digamma_parts<V>& x, const digamma_parts<V>& y) {
  return log_ratio(x.base, y.base) + (y.below - x.below);
}

// F_b over the factor in front of the expansion.
template <class V>
HYPGEO_INLINE V asymptotic_along_b(const asymptotic_sums<V>& s, V sum, dd<V> n, V b, V z,
                                   const digamma_parts<V>& of_d) {
  const digamma_parts<V> of_nb = split_digamma(add(n, b));
  const V log_b = log_ratio(of_d.base, mul(of_nb.base, z)) + (of_nb.below - of_d.below);
  return mul_add(log_b, sum, s.by_b + b * s.by_d);
}

// Without Whole, F_b and F_zz are left out.
template <class V, bool Whole>
HYPGEO_HD jet<V> asymptotic_jet(V m, V b, V c, V z) {
  const dd<V> d = two_sum(c, -b), n = two_sum(m, splat<V>(1.0));
  const asymptotic_sums<V> s = sum_asymptotic<Whole>(n.hi, b, d.hi, z);
  const bool few = all((b == 1.0) | (b == 2.0) | (b == most_factors));
  const V sum = mul_add(b, s.value, splat<V>(1.0)), bz = b / z;
  jet<V> j = {sum, splat<V>(0.0), -b * s.by_d, -bz * (s.z + 1.0),
              Whole ? bz / z * (s.zz + (b + 1.0)) : splat<V>(0.0)};
  if (Whole || !few) {
    const digamma_parts<V> of_d = split_digamma(d);
    if (Whole) j.d_b = asymptotic_along_b(s, sum, n, b, z, of_d);
    if (!few) j.d_c = mul_add(digamma_difference(split_digamma(widen(c)), of_d), sum, j.d_c);
  }
  if (few) {
    j.d_c = mul_add(sum_of_inverses(d, b), sum, j.d_c);
    const V ratio = ratio_of_products(n.hi, b, d, z);
    return {j.value * ratio, j.d_b * ratio, j.d_c * ratio, j.d_z * ratio, j.d_zz * ratio};
  }
  const V stirling = gamma_factor_ratio(d.hi, c) / gamma_factor_ratio(n.hi, n.hi + b);
  const exponential_scale<V> scale(log_of_powers(n, b, d, c, z));
  return scale({j.value * stirling, j.d_b * stirling, j.d_c * stirling, j.d_z * stirling,
                j.d_zz * stirling});
}

HYPGEO_END
