// Arithmetic under one set of names for double, double-double, and complex numbers over either, for
// algorithms that are written once for real and complex z (general.h).
#pragma once
#include <cmath>

#include "dd.h"

HYPGEO_BEGIN

HYPGEO_INLINE double add(double a, double b) { return a + b; }
HYPGEO_INLINE double sub(double a, double b) { return a - b; }
HYPGEO_INLINE double neg(double a) { return -a; }
HYPGEO_INLINE double mul(double a, double b) { return a * b; }
HYPGEO_INLINE double div(double a, double b) { return a / b; }
HYPGEO_INLINE double times_power_of_two(double a, double s) { return a * s; }
HYPGEO_INLINE double size(double a) { return abs(a); }

HYPGEO_INLINE dd<double> times_power_of_two(dd<double> a, double s) { return {a.hi * s, a.lo * s}; }
HYPGEO_INLINE double size(dd<double> a) { return abs(a.hi); }

template <class R>
struct complex_of {
  R re, im;
};

template <class R>
HYPGEO_INLINE complex_of<R> add(complex_of<R> a, complex_of<R> b) {
  return {add(a.re, b.re), add(a.im, b.im)};
}
template <class R>
HYPGEO_INLINE complex_of<R> sub(complex_of<R> a, complex_of<R> b) {
  return {sub(a.re, b.re), sub(a.im, b.im)};
}
template <class R>
HYPGEO_INLINE complex_of<R> neg(complex_of<R> a) {
  return {neg(a.re), neg(a.im)};
}
template <class R>
HYPGEO_INLINE complex_of<R> mul(complex_of<R> a, R b) {
  return {mul(a.re, b), mul(a.im, b)};
}
HYPGEO_INLINE complex_of<dd<double>> mul(complex_of<dd<double>> a, double b) {
  return {mul(a.re, b), mul(a.im, b)};
}
template <class R>
HYPGEO_INLINE complex_of<R> mul(complex_of<R> a, complex_of<R> b) {
  return {sub(mul(a.re, b.re), mul(a.im, b.im)), add(mul(a.re, b.im), mul(a.im, b.re))};
}
template <class R>
HYPGEO_INLINE complex_of<R> div(complex_of<R> a, R b) {
  return {div(a.re, b), div(a.im, b)};
}
template <class R>
HYPGEO_INLINE complex_of<R> times_power_of_two(complex_of<R> a, double s) {
  return {times_power_of_two(a.re, s), times_power_of_two(a.im, s)};
}
template <class R>
HYPGEO_INLINE double size(complex_of<R> a) {
  return size(a.re) + size(a.im);
}
// A divisor whose square is beyond the range is brought near 1 first.
template <class R>
HYPGEO_INLINE complex_of<R> div(complex_of<R> a, complex_of<R> b) {
  const double s = size(b);
  const double by = s > 0x1p400 ? 0x1p-700 : s < 0x1p-400 ? 0x1p700 : 1.0;
  const bool is_large = by < 1.0 && size(a) > 0x1p400;
  if (by != 1.0) b = times_power_of_two(b, by);
  if (is_large) a = times_power_of_two(a, by);
  const R norm = add(mul(b.re, b.re), mul(b.im, b.im));
  const complex_of<R> r = div(mul(a, complex_of<R>{b.re, neg(b.im)}), norm);
  return by == 1.0 || is_large ? r : times_power_of_two(r, by);
}

// x 2^e also where 2^e is not a double.
HYPGEO_INLINE double scaled_by(double a, int e) { return std::ldexp(a, e); }
HYPGEO_INLINE dd<double> scaled_by(dd<double> a, int e) {
  return {std::ldexp(a.hi, e), std::ldexp(a.lo, e)};
}
template <class R>
HYPGEO_INLINE complex_of<R> scaled_by(complex_of<R> a, int e) {
  return {scaled_by(a.re, e), scaled_by(a.im, e)};
}

HYPGEO_INLINE complex_of<dd<double>> widen(complex_of<double> a) { return {widen(a.re), widen(a.im)}; }

// The same number with less precision, and the number one.
HYPGEO_INLINE double leading(dd<double> a) { return a.hi; }
HYPGEO_INLINE complex_of<double> leading(complex_of<dd<double>> a) { return {a.re.hi, a.im.hi}; }

template <class N>
struct unit;
template <>
struct unit<double> {
  static HYPGEO_INLINE double one() { return 1.0; }
  static HYPGEO_INLINE double zero() { return 0.0; }
};
template <>
struct unit<dd<double>> {
  static HYPGEO_INLINE dd<double> one() { return {1.0, 0.0}; }
  static HYPGEO_INLINE dd<double> zero() { return {0.0, 0.0}; }
};
template <class R>
struct unit<complex_of<R>> {
  static HYPGEO_INLINE complex_of<R> one() { return {unit<R>::one(), unit<R>::zero()}; }
  static HYPGEO_INLINE complex_of<R> zero() { return {unit<R>::zero(), unit<R>::zero()}; }
};

HYPGEO_END
