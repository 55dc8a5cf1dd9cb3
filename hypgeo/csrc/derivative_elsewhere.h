// F and its derivatives for arguments that have none of the fast methods, and for z = 0 and so on.
#pragma once
#include "derivative_contour.h"
#include "derivative_routes.h"
#include "derivative_wide.h"
#include "element_value.h"

HYPGEO_BEGIN

// F_z and F_zz by 15.5.2.
template <class V>
HYPGEO_HD inline double along_z(double m, double b, double c, double z) {
  return b == 0 ? 0.0 : -m * (b / c) * value_at<V>(m - 1, b + 1, c + 1, z);
}
template <class V>
HYPGEO_HD inline double along_zz(double m, double b, double c, double z) {
  const double head = (m - 1) * b * (b + 1);
  return head == 0 ? 0.0 : m * (head / c / (c + 1)) * value_at<V>(m - 2, b + 2, c + 2, z);
}

// All but the value, which is given; NaN where the digits are lost.
HYPGEO_OUTLINE jet<double> slopes_beside(double value, double m, double b, double c, double z) {
  const slope_form direct = direct_form(m, b, c, z);
  const slope_state<dd<double>> f = run_slopes(direct.p);
  const slope_state<double> g = run_coarse_slopes(direct.p);
  const long long apart = g.exponent - f.exponent;
  const double to_z = m / z, to_zz = to_z * (m - 1.0) / z;
  const trusted d_z = make_trusted(compare(f.step, g.step, apart), f.exponent, to_z);
  const trusted d_zz = make_trusted(compare(f.bend, g.bend, apart), f.exponent, to_zz);
  const double others = abs(value) + (d_z.is_good(z, abs(value)) ? abs(z * d_z.value) : 0.0);
  parameter_slopes along = {NAN, NAN};
  fill(along, direct, compare(f, g), b, c, others);
  if (!along.complete()) fill(along, direct, slopes_by_series(direct.p), b, c, others);
  if (!along.complete()) fill_by_other_forms(along, m, b, c, z, others);
#ifdef HYPGEO_HAS_WIDE
  if (!along.complete()) fill_by_wide(along, m, b, c, z, others);
#endif
  return {value, along.d_b, along.d_c, d_z.is_good(z, abs(value)) ? d_z.value : NAN,
          d_zz.is_good(1.0, 0.0) ? d_zz.value : NAN};
}

// Finite arguments, m >= 1, z != 0.
template <class V>
HYPGEO_HD inline jet<double> elsewhere_jet(double m, double b, double c, double z) {
  const double value = value_at<V>(m, b, c, z);
  jet<double> j = {value, NAN, NAN, NAN, NAN};
  if (is_pole(m, c) || is_stopped()) return j;
  if (m <= most_slope_steps) j = slopes_beside(value, m, b, c, z);
  if (!std::isfinite(j.d_z)) j.d_z = along_z<V>(m, b, c, z);
#ifndef HYPGEO_ONE_BY_ONE
  parameter_slopes along = {j.d_b, j.d_c};
  const double others = abs(value) + abs(z * j.d_z);
  if (m > most_slope_steps) fill_by_few_terms(along, m, b, c, z, others);
  if (!along.complete()) fill_by_contour(along, m, b, c, z, others);
  j.d_b = along.d_b;
  j.d_c = along.d_c;
#endif
  if (!std::isfinite(j.d_zz)) j.d_zz = along_zz<V>(m, b, c, z);
  return j;
}

// b, c > 0 and z = -inf: every derivative has the sign of its leading power of z, if it has one.
HYPGEO_INLINE jet<double> infinite_jet(double m, double b, double c) {
  const double at_zero = m * (b / c), twice = at_zero * (m - 1) * ((b + 1) / (c + 1));
  return {HUGE_VAL, HUGE_VAL, -HUGE_VAL, m > 1 ? -HUGE_VAL : -at_zero, m > 2 ? HUGE_VAL : twice};
}

// z = 0; NaN at a pole, where F is 1 at this point alone.
HYPGEO_INLINE jet<double> jet_at_zero(double m, double b, double c) {
  if (is_pole(m, c)) return {1.0, NAN, NAN, NAN, NAN};
  const double d_z = -m * (b / c);
  return {1.0, 0.0, 0.0, d_z, m == 1 ? 0.0 : -d_z * (m - 1) * ((b + 1) / (c + 1))};
}

template <class V>
HYPGEO_HD inline jet<double> lone_element(lone_jet r, double m, double b, double c, double z) {
  switch (r) {
    case lone_jet::constant: return {1.0, 0.0, 0.0, 0.0, 0.0};
    case lone_jet::at_zero: return jet_at_zero(m, b, c);
    case lone_jet::undefined: return {NAN, NAN, NAN, NAN, NAN};
    case lone_jet::infinite: return infinite_jet(m, b, c);
    default: return elsewhere_jet<V>(m, b, c, z);
  }
}

HYPGEO_END
