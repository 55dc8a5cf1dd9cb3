// F_b and F_c for arguments that have no other method, by the equivalent polynomials of general.h.
//
//   F(-m, b; c; z) = front F(-m, beta; gamma; w),
//
// with front, beta and gamma functions of b and c. The first form that has the digits is taken.
#pragma once
#include "derivative_recurrence.h"
#include "general.h"

HYPGEO_BEGIN

// Largest error that is taken, in eps: half of what is promised.
constexpr double worst_slope_error = 8 * 0x1p-52;

// A derivative and its estimated relative error.
struct trusted {
  double value, error;

  // Whether `parameter` times it is as good as is promised beside `others`.
  HYPGEO_INLINE bool is_good(double parameter, double others) const {
    const double absolute = abs(parameter * value) * error;
    return error <= worst_slope_error || absolute <= worst_slope_error * others;
  }
};

HYPGEO_INLINE trusted make_trusted(rough_number x, long long exponent, double factor = 1.0) {
  return {unscaled(x.value.hi * factor, exponent),
          x.error == 0.0 ? 0.0 : x.error / size(x.value)};
}

// sum_{j<m} 1 / (x + j).
HYPGEO_OUTLINE rough_number harmonic_sum(double m, dd<double> x) {
  rough_number s = {widen(0.0), 0.0};
  for (double j = 0; j < m; j += 1) {
    const dd<double> inverse = div(widen(1.0), add(x, j));
    s = {add(s.value, inverse), s.error + size(inverse)};
  }
  s.error *= (m + 8.0) * dd_eps;
  return s;
}

// d/db = front (of_value F + beta F_beta + gamma F_gamma), and so d/dc.
struct slope_weights {
  rough_number of_value;
  double beta, gamma;
};
struct slope_form {
  slope_problem<dd<double>> p;
  scaled<dd<double>> front;
  slope_weights b, c;
};

HYPGEO_INLINE trusted combine(const slope_form& f, const slope_weights& w, const form_slopes& s) {
  const dd<double> direct = mul(w.of_value.value, s.value.value);
  const dd<double> moved = add(mul(s.beta.value, w.beta), mul(s.gamma.value, w.gamma));
  const dd<double> sum = add(direct, moved);
  const double error = size(w.of_value.value) * s.value.error +
                       w.of_value.error * size(s.value.value) + abs(w.beta) * s.beta.error +
                       abs(w.gamma) * s.gamma.error + (size(direct) + size(moved)) * dd_eps;
  const scaled<dd<double>> x = times(f.front, sum, error / size(sum), s.exponent);
  return make_trusted({x.value, x.error}, x.exponent);
}

HYPGEO_INLINE slope_form direct_form(double m, double b, double c, double z) {
  const rough_number none = {widen(0.0), 0.0};
  return {{m, widen(b), widen(c), widen(z), two_sum(1.0, -z)},
          {widen(1.0), 0.0, 0}, {none, 1.0, 0.0}, {none, 0.0, 1.0}};
}

// 15.8.1: front = (1-z)^m, beta = c - b, w = z/(z-1).
HYPGEO_OUTLINE slope_form pfaff_form(double m, double b, double c, double z) {
  const dd<double> q = two_sum(1.0, -z);
  const rough_number none = {widen(0.0), 0.0};
  return {{m, two_sum(c, -b), widen(c), div(widen(-z), q), div(widen(1.0), q)},
          power(q, m), {none, -1.0, 0.0}, {none, 1.0, 1.0}};
}

// 15.8.7: front = (d)_m / (c)_m, d = c - b, gamma = 1 - m - d, w = 1 - z.
HYPGEO_OUTLINE slope_form reflected_form(double m, double b, double c, double z) {
  const dd<double> d = two_sum(c, -b);
  const rough_number of_d = harmonic_sum(m, d), of_c = harmonic_sum(m, widen(c));
  const rough_number minus_d = {neg(of_d.value), of_d.error};
  const rough_number apart = {sub(of_d.value, of_c.value), of_d.error + of_c.error};
  return {{m, widen(b), add(neg(d), 1.0 - m), two_sum(1.0, -z), widen(z)},
          pochhammer_ratio(m, d, widen(c)), {minus_d, 1.0, 1.0}, {apart, 0.0, -1.0}};
}

// 15.8.6: front = (b)_m / (c)_m (-z)^m, beta = 1 - m - c, gamma = 1 - m - b, w = 1/z.
HYPGEO_OUTLINE slope_form reversed_form(double m, double b, double c, double z) {
  const rough_number of_b = harmonic_sum(m, widen(b)), of_c = harmonic_sum(m, widen(c));
  const rough_number minus_c = {neg(of_c.value), of_c.error};
  const dd<double> w = div(widen(1.0), widen(z));
  return {{m, two_sum(1.0 - m, -c), two_sum(1.0 - m, -b), w, mul(neg(two_sum(1.0, -z)), w)},
          times(pochhammer_ratio(m, widen(b), widen(c)), power(widen(-z), m)),
          {of_b, 0.0, -1.0}, {minus_c, -1.0, 0.0}};
}

struct parameter_slopes {
  double d_b, d_c;
  HYPGEO_INLINE bool complete() const { return d_b == d_b && d_c == d_c; }
};

// Fills in what is still NaN, where the form has it.
HYPGEO_OUTLINE void fill(parameter_slopes& known, const slope_form& f, const form_slopes& s,
                         double b, double c, double others) {
  if (f.front.error == HUGE_VAL) return;
  const trusted d_b = combine(f, f.b, s), d_c = combine(f, f.c, s);
  if (known.d_b != known.d_b && d_b.is_good(b, others)) known.d_b = d_b.value;
  if (known.d_c != known.d_c && d_c.is_good(c, others)) known.d_c = d_c.value;
}

HYPGEO_OUTLINE void fill_by_other_forms(parameter_slopes& known, double m, double b, double c,
                                        double z, double others) {
  for (int i = 0; i < 3 && !known.complete(); ++i) {
    if (i == 0 && z == 1.0) continue;  // w of Pfaff's form is infinite
    const slope_form f = i == 0   ? pfaff_form(m, b, c, z)
                         : i == 1 ? reflected_form(m, b, c, z)
                                  : reversed_form(m, b, c, z);
    fill(known, f, slopes_by_series(f.p), b, c, others);
    if (!known.complete())
      fill(known, f, compare(run_slopes(f.p), run_coarse_slopes(f.p)), b, c, others);
  }
}

HYPGEO_END
