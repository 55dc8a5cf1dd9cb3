// F and its derivatives for arguments that have no other method: the recurrence in the degree.
//
// With delta_n = F(n+1) - F(n), 15.5.11 reads
//   (c + n) delta_n = n (1 - z) delta_{n-1} - b z F(n);
// its derivatives in b and c have the further terms -z F(n) and -delta_n. It runs in double-double
// and in double; where the two differ by too much, rounding has grown by too much.
#pragma once
#include "derivative_jet.h"
#include "evaluate.h"

HYPGEO_BEGIN

// Beyond this degree one element would take longer than a tenth of a second.
constexpr double most_slope_steps = 1e6;
// What remains of the double-double precision must be this small beside the terms of the promise.
constexpr double worst_slope_error = 8 * 0x1p-52;

HYPGEO_INLINE void convert(dd<double> a, double& to) { to = a.hi; }
HYPGEO_INLINE void convert(dd<double> a, dd<double>& to) { to = a; }
template <class N>
HYPGEO_INLINE N from(dd<double> a) {
  N n;
  convert(a, n);
  return n;
}

// F, its derivatives in b and c, and the last differences of these, all over 2^exponent.
template <class N>
struct slope_state {
  N value, d_b, d_c;
  N step, step_b, step_c;
  long long exponent;
};

template <class N>
HYPGEO_INLINE void shrink_slopes(slope_state<N>& s) {
  const double total = size(s.value) + size(s.d_b) + size(s.d_c) + size(s.step) + size(s.step_b) +
                       size(s.step_c);
  const double by = total > 0x1p512 ? 0x1p-512 : total < 0x1p-512 && total > 0.0 ? 0x1p512 : 1.0;
  if (by == 1.0) return;
  for (N* x : {&s.value, &s.d_b, &s.d_c, &s.step, &s.step_b, &s.step_c})
    *x = times_power_of_two(*x, by);
  s.exponent += by < 1.0 ? 512 : -512;
}

// N is double or dd<double>.
template <class N>
HYPGEO_HD slope_state<N> run_slopes(double m, double b, double c, double z) {
  const N zero = unit<N>::zero(), minus_z = from<N>(widen(-z));
  const N q = from<N>(two_sum(1.0, -z)), minus_bz = from<N>(two_prod(b, -z));
  slope_state<N> s = {unit<N>::one(), zero, zero, zero, zero, zero, 0};
  for (double n = 0; n < m; n += 1) {
    const N below = from<N>(two_sum(c, n)), nq = mul(q, from<N>(widen(n)));
    const N step = div(add(mul(nq, s.step), mul(minus_bz, s.value)), below);
    const N along_b = add(mul(minus_bz, s.d_b), mul(minus_z, s.value));
    s.step_b = div(add(mul(nq, s.step_b), along_b), below);
    const N along_c = sub(mul(minus_bz, s.d_c), step);
    s.step_c = div(add(mul(nq, s.step_c), along_c), below);
    s.step = step;
    s.value = add(s.value, s.step);
    s.d_b = add(s.d_b, s.step_b);
    s.d_c = add(s.d_c, s.step_c);
    shrink_slopes(s);
  }
  return s;
}

// NaN where the double-double run is not to be trusted.
struct parameter_slopes {
  double d_b, d_c;
};

HYPGEO_HD inline parameter_slopes recurrence_slopes(double m, double b, double c, double z,
                                                 double size) {
  if (m > most_slope_steps) return {NAN, NAN};
  const slope_state<dd<double>> fine = run_slopes<dd<double>>(m, b, c, z);
  const slope_state<double> coarse = run_slopes<double>(m, b, c, z);
  const double d_b = unscaled(fine.d_b.hi, fine.exponent), d_c = unscaled(fine.d_c.hi, fine.exponent);
  // The error of the double-double run is about 2^-51 of that of the double run.
  const double off_b = abs(unscaled(coarse.d_b, coarse.exponent) - d_b) * 0x1p-51;
  const double off_c = abs(unscaled(coarse.d_c, coarse.exponent) - d_c) * 0x1p-51;
  const double allowed_b = (size + abs(b * d_b)) * worst_slope_error;
  const double allowed_c = (size + abs(c * d_c)) * worst_slope_error;
  const bool good_b = off_b * abs(b) <= allowed_b || off_b <= abs(d_b) * worst_slope_error;
  const bool good_c = off_c * abs(c) <= allowed_c || off_c <= abs(d_c) * worst_slope_error;
  return {good_b ? d_b : NAN, good_c ? d_c : NAN};
}

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

// Finite arguments, m >= 1, z != 0.
template <class V>
jet<double> elsewhere_jet(double m, double b, double c, double z) {
  const double value = value_at<V>(m, b, c, z);
  if (is_pole(m, c)) return {value, NAN, NAN, NAN, NAN};
  const double d_z = along_z<V>(m, b, c, z);
  const parameter_slopes s = recurrence_slopes(m, b, c, z, abs(value) + abs(z * d_z));
  return {value, s.d_b, s.d_c, d_z, along_zz<V>(m, b, c, z)};
}

HYPGEO_END
