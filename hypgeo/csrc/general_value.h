// F(-m, b; c; z) for any finite real b, c and any finite real or complex z, with its error.
#pragma once
#include "contour_plane.h"
#include "general.h"
#include "stop.h"
#include "wide_forms.h"

HYPGEO_BEGIN

// Where no double-double form reaches this, higher precision is used.
constexpr double worst_double_double = 0x1p-54;

// How a value came about: the forms in the order of general_forms.
enum class general_method : int {
  pole,
  short_by_pfaff,
  far,
  series,
  recurrence,
  reflected_series,
  pfaff_series,
  reversed_series,
  reflected_recurrence,
  reversed_recurrence,
  pfaff_of_reflected,
  pfaff_of_reversed,
  wide,
  contour,
  short_of_digits,  // the best form, which cancels more than it may, but all else takes too long
  unknown           // no form at all
};

template <class N>
struct general_result {
  scaled<N> value;
  general_method by;
};

// Beyond the steps that are affordable nothing is known.
template <class N>
HYPGEO_INLINE bool is_known(const scaled<N>& r) {
  return r.error != HUGE_VAL;
}

template <class N>
HYPGEO_INLINE bool has_its_digits(const scaled<N>& r) {
  return relative_error(r) <= worst_double_double;
}

template <class N, class Z>
HYPGEO_OUTLINE general_result<N> result_by_forms(const general_problem<N>& x, Z z) {
  const general_forms<N> forms(x);
  const typename general_forms<N>::choice best = forms.best();
  scaled<N> r = best.value;
  if (has_its_digits(r)) return {r, general_method(int(general_method::series) + best.form)};
#ifdef HYPGEO_HAS_WIDE
  r = widened(forms, x.m, x.b, x.c, z, r);
  // An exact zero has no relative error.
  if (has_its_digits(r) || r.error == 0.0) return {r, general_method::wide};
#else
  (void)z;
#endif
  return {r, is_known(r) ? general_method::short_of_digits : general_method::unknown};
}

// Whether Pfaff's transformation (DLMF 15.8.1) leaves a polynomial of lower degree, b - c.
HYPGEO_INLINE bool is_short_by_pfaff(double m, dd<double> d) {
  return d.lo == 0.0 && d.hi <= 0.0 && d.hi == std::floor(d.hi) && -d.hi < m;
}

// Beyond this degree the contour integral, whose cost does not grow, is tried before the forms, unless
// few terms of the series matter.
constexpr double contour_from_degree = 1e6, few_terms_below = 1e3;
constexpr double good_at_large_degree = 0x1p-30;

// A polynomial of lower degree, by Pfaff's transformation, or the expansion for large m z.
HYPGEO_OUTLINE general_result<dd<double>> by_short_ways(const general_problem<dd<double>>& x,
                                                         double z) {
  const double m = x.m;
  if (is_short_by_pfaff(m, x.d) && z != 1.0) {
    if (-x.d.hi > contour_from_degree) return {unavailable<dd<double>>(), general_method::unknown};
    const general_problem<dd<double>> y = {
        -x.d.hi, -m, x.c, add(widen(x.c), m), div(widen(-z), x.q), div(widen(1.0), x.q)};
    const scaled<dd<double>> r = times(general_forms<dd<double>>(y).best().value, power(x.q, m));
    return {r, general_method::short_by_pfaff};
  }
  const double ratio = z / (z - 1.0);
  if (abs(x.q.hi) < 1.0 && z > 0.0 && is_far(m, x.b, x.d.hi, z))
    return {far_value(m, widen(x.b), x.c, x.d, z), general_method::far};
  if (abs(x.q.hi) > 1.0 && is_far(m, x.d.hi, x.b, ratio)) {
    scaled<dd<double>> r = far_value(m, x.d, x.c, widen(x.b), ratio);
    r.error += abs(x.d.hi * r.value.hi) * 0x1p-52;  // of ratio^-d, by rounding the ratio
    return {times(r, power(x.q, m)), general_method::far};
  }
  return {unavailable<dd<double>>(), general_method::unknown};
}

template <class N>
HYPGEO_INLINE bool is_large(const general_problem<N>& x) {
  const double growth = abs(x.b) > abs(x.c) ? abs(x.b / x.c) : 1.0, size_z = size(x.z);
  // Terms late in the series may be large.
  const bool has_small_divisors = -2.0 * x.m < x.c && (x.c < 0.0) && size_z > 1e-100;
  return x.m > contour_from_degree &&
         (has_small_divisors || size_z * x.m * growth > few_terms_below);
}

template <class N>
HYPGEO_INLINE bool is_good(const scaled<N>& r, bool large) {
  return r.error == 0.0 || relative_error(r) <= (large ? good_at_large_degree : worst_double_double);
}

// Any other way: the contour integral and the forms, in the order of their cost.
template <class N, class Z, class E>
HYPGEO_OUTLINE general_result<N> by_contour_or_forms(const general_problem<N>& x, Z z, E exact_z) {
  const bool beyond = x.m > contour_from_degree;
  general_result<N> r = {unavailable<N>(), general_method::contour};
  if (is_stopped()) return {r.value, general_method::unknown};
  if (beyond) {
    if (!is_large(x)) {
      const scaled<N> s = general_forms<N>(x).series();
      if (has_its_digits(s)) return {s, general_method::series};
    }
    r.value = contour_value(x.m, x.b, x.c, z);
    if (is_known(r.value) && is_good(r.value, true)) return r;
  }
  const general_result<N> other = result_by_forms(x, exact_z);
  if (other.by < general_method::contour) return other;
  if (!beyond) r.value = contour_value(x.m, x.b, x.c, z);
  return relative_error(r.value) < relative_error(other.value) ? r : other;
}

HYPGEO_OUTLINE general_result<dd<double>> general_with_method(double m, double b, double c,
                                                               double z) {
  const general_problem<dd<double>> x = {m, b, c, two_sum(c, -b), widen(z), two_sum(1.0, -z)};
  const general_result<dd<double>> quick = by_short_ways(x, z);
  if (quick.by == general_method::far) return quick;
  if (is_known(quick.value) && is_good(quick.value, is_large(x))) return quick;
  return by_contour_or_forms(x, z, exact_real{z});
}

HYPGEO_OUTLINE scaled<dd<double>> general_value(double m, double b, double c, double z) {
  return general_with_method(m, b, c, z).value;
}

#ifndef HYPGEO_ONE_BY_ONE  // there is no complex z on a GPU
HYPGEO_OUTLINE scaled<complex_of<dd<double>>> general_value(double m, double b, double c,
                                                              complex_of<double> z) {
  const complex_of<dd<double>> q = {two_sum(1.0, -z.re), widen(-z.im)};
  const general_problem<complex_of<dd<double>>> x = {m, b, c, two_sum(c, -b), widen(z), q};
  return by_contour_or_forms(x, z, exact_complex{z.re, z.im}).value;
}
#endif

HYPGEO_OUTLINE double general_double(double m, double b, double c, double z) {
  if (is_pole(m, c)) return HUGE_VAL;
  const scaled<dd<double>> r = general_value(m, b, c, z);
  return is_known(r) ? unscaled(r.value.hi, r.exponent) : NAN;
}

HYPGEO_END
