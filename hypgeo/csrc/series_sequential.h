// Published baselines, one term after the other: direct, reflected, reflected_auto.
#pragma once

#include "series_terms.h"

HYPGEO_BEGIN
namespace series {

// Up to here sum|t_k| / F <= ((1+z)/(1-z))^m stays near e: at most two bits cancel.
template <class Real>
HYPGEO_INLINE Real direct_safe_mz() {
  return Real(0.5);
}

}  // namespace series

// DLMF 15.2.1 as it stands. Cancels and overflows once m z is large: kept to show it.
template <class Real>
HYPGEO_HD Real direct(Real m, Real b, Real c, Real z) {
  const series::DirectTerms<Real> terms = {m, b, c, z};
  const series::index_t count = series::degree(m);
  Real term = 1, sum = 1;
  for (series::index_t k = 0; k < count; ++k) {
    term *= terms.ratio(k);
    sum += term;
    if (sum != sum || terms.done(term, sum, k + 1)) break;
  }
  return sum;
}

// DLMF 15.8.7, always. O(m) for the prefactor, O(min(m, 37/z)) for the sum.
template <class Real>
HYPGEO_HD Real reflected(Real m, Real b, Real c, Real z) {
  const series::ReflectedTerms<Real> terms(m, b, c, z);
  const series::Scaled<Real> front = series::prefactor(m, b, c);
  const series::index_t count = series::degree(m);
  const Real big = Real(4294967296.0);
  Real term = 1, sum = 1;
  series::index_t exponent = 0;
  for (series::index_t k = 0; k < count; ++k) {
    term *= terms.ratio(k);
    sum += term;
    if (sum > big) {
      sum /= big;
      term /= big;
      exponent += 32;
    }
    if (sum != sum || terms.done(term, sum, k + 1)) break;
  }
  return series::unscale(front.value * sum, front.exponent + exponent);
}

// The direct series where it is safe (or positive: z < 0), the reflected one elsewhere.
template <class Real>
HYPGEO_HD Real reflected_auto(Real m, Real b, Real c, Real z) {
  const bool reflectable = b > 0 && c - b > 0 && z <= 1;
  if (!reflectable || m * z <= series::direct_safe_mz<Real>()) return direct(m, b, c, z);
  return reflected(m, b, c, z);
}

HYPGEO_END
