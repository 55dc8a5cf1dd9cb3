// The gamma function relative to Stirling's formula, for the normalisation of the beta density.
//
//   mu(x) = ln Gamma(x) - (x - 1/2) ln x + x - ln(2 pi)/2              (DLMF 5.11.1, the remainder)
//
// Nothing here is ever exponentiated from a large logarithm, so nothing loses digits as x grows.
#pragma once
#include "elementary.h"

HYPGEO_BEGIN

constexpr double stirling_from = 8.0;  // where ten terms of the series are good to 2^-57

// mu(x) for x >= stirling_from.
template <class V>
HYPGEO_INLINE V stirling_remainder(V x) {
  const V r = splat<V>(1.0) / x;
  return r * polynomial(stirling_table, r * r);
}

// sqrt(x) e^(-mu(x)) for 0 < x < stirling_from: a polynomial on [0, 1] and on each half octave.
template <class V>
HYPGEO_INLINE V small_gamma_factor(V x) {
  constexpr int terms = 16;
  const mask_of<V> below_one = x < 1.0;
  const ints_of<V> octave = shift_right(as_int(x), 51);
  const V lo = select(below_one, splat<V>(0.0), as_real(shift_left(octave, 51)));
  const V hi = select(below_one, splat<V>(1.0), as_real(shift_left(octave + 1, 51)));
  const V u = ((x - lo) - (hi - x)) / (hi - lo);
  const ints_of<V> panel =
      as_int(select(below_one, splat<V>(0.0), as_real(octave - (2 * 1023 - 1))));
  V row[terms];
  load_rows(gamma_table, panel, row);
  V s = row[terms - 1];
  for (int i = terms - 2; i >= 0; --i) s = mul_add(s, u, row[i]);
  if (!any(below_one)) return s;
  const V small = min(x, splat<V>(1.0));
  const V log_small = log1p(small - 1.0, small);
  return select(below_one, s * small * exp(small * log_small), s);
}

// sqrt(x) e^(-mu(x)) for any x > 0.
template <class V>
HYPGEO_INLINE V gamma_factor(V x) {
  const mask_of<V> small = x < stirling_from;
  const V large = max(x, splat<V>(stirling_from));
  const V below = min(x, splat<V>(0x1.fffffffffffffp2));
  if (all(small)) return small_gamma_factor(below);
  const V asymptotic = sqrt(large) * exp(-stirling_remainder(large));
  return any(small) ? select(small, small_gamma_factor(below), asymptotic) : asymptotic;
}

// gamma_factor(x) / gamma_factor(y); y >= x.
template <class V>
HYPGEO_INLINE V gamma_factor_ratio(V x, V y) {
  if (!all(x >= stirling_from)) return gamma_factor(x) / gamma_factor(y);
  return sqrt(x / y) * exp(stirling_remainder(y) - stirling_remainder(x));
}

HYPGEO_END
