// F and its derivatives for arguments that have no other method: the recurrence in the degree.
//
// With delta_n = F(n+1) - F(n), 15.5.11 reads
//   (c + n) delta_n = n (1 - z) delta_{n-1} - b z F(n);
// its derivatives in b and c have the further terms -z F(n) and -delta_n. The last differences are
// those in z: z F_z = m delta_{m-1}, z^2 F_zz = m (m-1) (delta_{m-1} - delta_{m-2}) (15.5.3). It runs
// in double-double and, with arguments a few roundings off, in double: where the two differ by too
// much, rounding has grown by too much. (At the arguments themselves the run in double may be exact.)
#pragma once
#include "derivative_jet.h"
#include "scaled.h"

HYPGEO_BEGIN

// Beyond this degree an element would take longer than a tenth of a second.
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
  N bend;  // the last second difference of F
  long long exponent;
};

template <class N>
HYPGEO_INLINE void shrink_slopes(slope_state<N>& s) {
  const double total = size(s.value) + size(s.d_b) + size(s.d_c) + size(s.step) + size(s.step_b) +
                       size(s.step_c);
  const double by = total > 0x1p512 ? 0x1p-512 : total < 0x1p-512 && total > 0.0 ? 0x1p512 : 1.0;
  if (by == 1.0) return;
  const auto scale = [by](N x) { return times_power_of_two(x, by); };
  s = {scale(s.value),  scale(s.d_b),    scale(s.d_c),  scale(s.step),
       scale(s.step_b), scale(s.step_c), scale(s.bend), s.exponent};
  s.exponent += by < 1.0 ? 512 : -512;
}

// N is double or dd<double>.
template <class N>
HYPGEO_HD slope_state<N> run_slopes(double m, double b, double c, double z) {
  const N zero = unit<N>::zero(), minus_z = from<N>(widen(-z));
  const N q = from<N>(two_sum(1.0, -z)), minus_bz = from<N>(two_prod(b, -z));
  slope_state<N> s = {unit<N>::one(), zero, zero, zero, zero, zero, zero, 0};
  for (double n = 0; n < m; n += 1) {
    const N below = from<N>(two_sum(c, n)), nq = mul(q, from<N>(widen(n)));
    const N step = div(add(mul(nq, s.step), mul(minus_bz, s.value)), below);
    const N along_b = add(mul(minus_bz, s.d_b), mul(minus_z, s.value));
    s.step_b = div(add(mul(nq, s.step_b), along_b), below);
    const N along_c = sub(mul(minus_bz, s.d_c), step);
    s.step_c = div(add(mul(nq, s.step_c), along_c), below);
    s.bend = sub(step, s.step);
    s.step = step;
    s.value = add(s.value, s.step);
    s.d_b = add(s.d_b, s.step_b);
    s.d_c = add(s.d_c, s.step_c);
    shrink_slopes(s);
  }
  return s;
}

// A number and its estimated relative error.
struct trusted {
  double value, error;
  // NaN where scale times the number is off by more than is promised beside `allowed`.
  HYPGEO_INLINE double within(double scale, double allowed) const {
    const bool good = error <= worst_slope_error;
    const double absolute = abs(scale * value) * error;
    return good || absolute <= worst_slope_error * allowed ? value : NAN;
  }
};

// The error of the double-double run over that of the double run is far below this; with
// worst_slope_error it asks for six bits of the latter.
constexpr double error_of_coarse_error = 0x1p-43;

HYPGEO_INLINE trusted compare(dd<double> fine, long long exponent, double coarse,
                              long long coarse_exponent, double factor) {
  const double off = abs(unscaled(coarse, coarse_exponent - exponent) - fine.hi);
  const double relative = off == 0.0 ? 0.0 : off / abs(fine.hi) * error_of_coarse_error;
  return {unscaled(fine.hi * factor, exponent), relative};
}

// All but the value, which is given.
HYPGEO_OUTLINE jet<double> recurrence_jet(double m, double b, double c, double z, double value) {
  const slope_state<dd<double>> f = run_slopes<dd<double>>(m, b, c, z);
  const slope_state<double> g =
      run_slopes<double>(m, b * (1 + 0x1p-50), c * (1 - 0x1p-51), z * (1 + 0x1p-51));
  const trusted d_b = compare(f.d_b, f.exponent, g.d_b, g.exponent, 1.0);
  const trusted d_c = compare(f.d_c, f.exponent, g.d_c, g.exponent, 1.0);
  const trusted d_z = compare(f.step, f.exponent, g.step, g.exponent, m / z);
  const trusted d_zz = compare(f.bend, f.exponent, g.bend, g.exponent, m / z * (m - 1.0) / z);
  const double size = abs(value) + abs(z * d_z.value);
  return {value, d_b.within(b, size), d_c.within(c, size), d_z.within(z, abs(value)),
          d_zz.within(1.0, 0.0)};
}

HYPGEO_END
