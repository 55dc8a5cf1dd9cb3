// The digamma function as a logarithm and a small rest, so that differences of two of them, and of
// them and a logarithm, lose nothing to the size of the logarithms.
//
//   psi(x) = log(X) - below,   X = x from 1 on, else x + 1                   (DLMF 5.11.2, 5.5.2)
#pragma once
#include "elementary.h"

HYPGEO_BEGIN

constexpr double digamma_from = 8.0;  // where ten terms of the series are good to 2^-57

template <class V>
struct digamma_parts {
  dd<V> base;  // X
  V below;     // positive
};

// x (log(x) - psi(x)) for 1 <= x < digamma_from: a polynomial on each half octave.
template <class V>
HYPGEO_INLINE V small_digamma_factor(V x) {
  constexpr int terms = 16;
  const ints_of<V> octave = shift_right(as_int(x), 51);
  const V lo = as_real(shift_left(octave, 51)), hi = as_real(shift_left(octave + 1, 51));
  const V u = ((x - lo) - (hi - x)) / (hi - lo);
  V row[terms];
  load_rows(digamma_table, octave - 2 * 1023, row);
  V s = row[terms - 1];
  for (int i = terms - 2; i >= 0; --i) s = mul_add(s, u, row[i]);
  return s;
}

// x (log(x) - psi(x)), between 1/2 and 0.58, for x >= 1.
template <class V>
HYPGEO_INLINE V digamma_factor(V x, V inverse) {
  const mask_of<V> small = x < digamma_from;
  const V asymptotic =
      mul_add(inverse, polynomial(digamma_series, inverse * inverse), splat<V>(0.5));
  if (!any(small)) return asymptotic;
  const V below = min(x, splat<V>(0x1.fffffffffffffp2));
  return select(small, small_digamma_factor(below), asymptotic);
}

// x > 0.
template <class V>
HYPGEO_INLINE digamma_parts<V> split_digamma(dd<V> x) {
  const V zero = splat<V>(0.0), one = splat<V>(1.0);
  const mask_of<V> shifted = x.hi < 1.0;
  const dd<V> base = add(x, select(shifted, one, zero));
  const V inverse = one / base.hi;
  const V below = digamma_factor(base.hi, inverse) * inverse;
  return {base, any(shifted) ? below + select(shifted, one / x.hi, zero) : below};
}

// log(x / y) for positive x and y, however close they are.
template <class V>
HYPGEO_INLINE V log_ratio(dd<V> x, dd<V> y) {
  const V inverse = splat<V>(1.0) / y.hi;
  return log1p(sub(x, y).hi * inverse, x.hi * inverse);
}

HYPGEO_END
