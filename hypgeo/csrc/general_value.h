// F(-m, b; c; z) for any finite real b, c and any finite real or complex z, with its error.
#pragma once
#include "far.h"
#include "general.h"
#include "wide_forms.h"

HYPGEO_BEGIN

// Where no double-double form reaches this, higher precision is used.
constexpr double worst_double_double = 0x1p-54;

template <class N, class Z>
HYPGEO_OUTLINE scaled<N> value_by_forms(const general_problem<N>& x, Z z) {
  const general_forms<N> forms(x);
  const scaled<N> r = forms.best();
#ifdef HYPGEO_HAS_WIDE
  if (!(relative_error(r) <= worst_double_double)) return widened(forms, x.m, x.b, x.c, z, r);
#else
  (void)z;
#endif
  return r;
}

// Whether Pfaff's transformation (DLMF 15.8.1) leaves a polynomial of lower degree, b - c.
HYPGEO_INLINE bool is_short_by_pfaff(double m, dd<double> d) {
  return d.lo == 0.0 && d.hi <= 0.0 && d.hi == std::floor(d.hi) && -d.hi < m;
}

HYPGEO_OUTLINE scaled<dd<double>> general_value(double m, double b, double c, double z) {
  const general_problem<dd<double>> x = {m, b, c, two_sum(c, -b), widen(z), two_sum(1.0, -z)};
  if (is_short_by_pfaff(m, x.d) && z != 1.0) {
    const general_problem<dd<double>> y = {
        -x.d.hi, -m, c, add(widen(c), m), div(widen(-z), x.q), div(widen(1.0), x.q)};
    const scaled<dd<double>> r = times(general_forms<dd<double>>(y).best(), power(x.q, m));
    if (relative_error(r) <= worst_double_double) return r;
  } else {
    const double ratio = z / (z - 1.0);
    if (abs(x.q.hi) < 1.0 && z > 0.0 && is_far(m, b, x.d.hi, z)) return far_value(m, b, c, x.d, z);
    if (abs(x.q.hi) > 1.0 && is_far(m, x.d.hi, b, ratio))
      return times(far_value(m, x.d.hi, c, widen(b), ratio), power(x.q, m));
  }
  return value_by_forms(x, exact_real{z});
}

HYPGEO_OUTLINE scaled<complex_of<dd<double>>> general_value(double m, double b, double c,
                                                              complex_of<double> z) {
  const complex_of<dd<double>> wide_z = {widen(z.re), widen(z.im)};
  const complex_of<dd<double>> q = {two_sum(1.0, -z.re), widen(-z.im)};
  const general_problem<complex_of<dd<double>>> x = {m, b, c, two_sum(c, -b), wide_z, q};
  return value_by_forms(x, exact_complex{z.re, z.im});
}

// Beyond the steps that are affordable nothing is known.
template <class N>
HYPGEO_INLINE bool is_known(const scaled<N>& r) {
  return r.error != HUGE_VAL;
}

HYPGEO_OUTLINE double general_double(double m, double b, double c, double z) {
  if (is_pole(m, c)) return HUGE_VAL;
  const scaled<dd<double>> r = general_value(m, b, c, z);
  return is_known(r) ? unscaled(r.value.hi, r.exponent) : NAN;
}

HYPGEO_END
