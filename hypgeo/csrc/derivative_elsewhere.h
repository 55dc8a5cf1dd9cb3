// F and its derivatives for arguments that have none of the fast methods, and for z = 0 and the like.
#pragma once
#include "derivative_recurrence.h"
#include "derivative_routes.h"
#include "evaluate.h"

HYPGEO_BEGIN

// F wherever it is, by the kernels that are compiled for it anyway.
template <class V>
double value_at(double m, double b, double c, double z) {
  double value;
  evaluate_block<V, best_route>({&m, &b, &c, &z, &value}, 1);
  return value;
}

// F_z and F_zz by 15.5.2.
template <class V>
double along_z(double m, double b, double c, double z) {
  return b == 0 ? 0.0 : -m * (b / c) * value_at<V>(m - 1, b + 1, c + 1, z);
}
template <class V>
double along_zz(double m, double b, double c, double z) {
  const double head = (m - 1) * b * (b + 1);
  return head == 0 ? 0.0 : m * (head / c / (c + 1)) * value_at<V>(m - 2, b + 2, c + 2, z);
}

// The terms of 15.2.1, for what the recurrence in the degree has lost: it goes through functions of
// lower degree, which are near their poles where c is near -m.
struct series_slopes {
  dd<double> d_b, d_c;
  double size_b, size_c;  // sums of the sizes of what was added
};

HYPGEO_OUTLINE series_slopes run_series_slopes(double m, double b, double c, double z) {
  const dd<double> zero = widen(0.0);
  dd<double> term = widen(1.0), along_b = zero, along_c = zero;
  series_slopes s = {zero, zero, 0.0, 0.0};
  for (double k = 0; k < m; k += 1) {
    const dd<double> below = two_sum(c, k), up = two_prod(z, k - m);
    const dd<double> ratio = div(up, mul(below, k + 1.0));
    const dd<double> beta = two_sum(b, k);
    along_b = mul(add(mul(along_b, beta), term), ratio);
    const dd<double> next = mul(mul(term, beta), ratio);
    along_c = sub(mul(mul(along_c, beta), ratio), div(next, below));
    term = next;
    s.d_b = add(s.d_b, along_b);
    s.d_c = add(s.d_c, along_c);
    s.size_b += size(along_b);
    s.size_c += size(along_c);
  }
  return s;
}

HYPGEO_OUTLINE void repair_by_series(jet<double>& j, double m, double b, double c, double z) {
  const series_slopes s = run_series_slopes(m, b, c, z);
  const double scale = abs(j.value) + abs(z * j.d_z), rounding = (4 * m + 16) * 0x1p-102;
  const trusted d_b = {s.d_b.hi, s.size_b / size(s.d_b) * rounding};
  const trusted d_c = {s.d_c.hi, s.size_c / size(s.d_c) * rounding};
  if (j.d_b != j.d_b) j.d_b = d_b.within(b, scale);
  if (j.d_c != j.d_c) j.d_c = d_c.within(c, scale);
}

// Finite arguments, m >= 1, z != 0.
template <class V>
jet<double> elsewhere_jet(double m, double b, double c, double z) {
  const double value = value_at<V>(m, b, c, z);
  jet<double> j = {value, NAN, NAN, NAN, NAN};
  if (is_pole(m, c)) return j;
  if (m <= most_slope_steps) j = recurrence_jet(m, b, c, z, value);
  if (!std::isfinite(j.d_z)) j.d_z = along_z<V>(m, b, c, z);
  if (!std::isfinite(j.d_zz)) j.d_zz = along_zz<V>(m, b, c, z);
  if (m <= most_slope_steps && (j.d_b != j.d_b || j.d_c != j.d_c)) repair_by_series(j, m, b, c, z);
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
jet<double> lone_element(lone_jet r, double m, double b, double c, double z) {
  switch (r) {
    case lone_jet::constant: return {1.0, 0.0, 0.0, 0.0, 0.0};
    case lone_jet::at_zero: return jet_at_zero(m, b, c);
    case lone_jet::undefined: return {NAN, NAN, NAN, NAN, NAN};
    case lone_jet::infinite: return infinite_jet(m, b, c);
    default: return elsewhere_jet<V>(m, b, c, z);
  }
}

HYPGEO_END
