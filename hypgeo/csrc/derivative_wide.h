// F_b and F_c at any precision, where every form in double-double loses their digits. Host only.
//
// The recurrence of wide_forms.h for P = (c)_m F, with its derivatives:
//
//   F_b = P_b / (c)_m,    F_c = (P_c - P sum_{k<m} 1 / (c + k)) / (c)_m.
#pragma once
#include "derivative_forms.h"
#include "wide_forms.h"

HYPGEO_BEGIN

#ifdef HYPGEO_HAS_WIDE

struct wide_slopes {
  wide value, by_b, by_c;
};

inline wide_slopes wide_slope_recurrence(double m, double b, double c, exact_real z,
                                         std::size_t limbs) {
  const wide zero = make_wide(0.0, limbs);
  wide_slopes older = {zero, zero, zero}, old = {make_wide(1.0, limbs), zero, zero};
  for (double n = 0.0; n < m; n += 1.0) {
    const wide below = mul(older.value, n);
    const wide of_c = add(old.value, add(mul(below, z), negated(below)));
    const wide_slopes next = {
        recurrence_step(old.value, older.value, n, b, c, z),
        add(recurrence_step(old.by_b, older.by_b, n, b, c, z), negated(mul(old.value, z))),
        add(recurrence_step(old.by_c, older.by_c, n, b, c, z), of_c)};
    older = old;
    old = next;
  }
  return old;
}

// x - y s.
inline scaled<dd<double>> minus_times(const scaled<dd<double>>& x, const scaled<dd<double>>& y,
                                      const rough_number& s) {
  const scaled<dd<double>> ys = times(y, s.value, s.error / size(s.value));
  const long long gap = ys.exponent - x.exponent;
  if (x.value.hi == 0.0 || gap > 256) return {neg(ys.value), ys.error, ys.exponent};
  if (gap < -256) return x;
  const double up = std::ldexp(1.0, int(gap));
  const dd<double> moved = times_power_of_two(ys.value, up);
  return {sub(x.value, moved), ys.error * up + (size(x.value) + size(moved)) * dd_eps, x.exponent};
}

constexpr double slope_work = 3.0;  // of a step, in steps of the recurrence for F

// Fills in what is still NaN, doubling the precision until it no longer matters.
inline void fill_by_wide(parameter_slopes& known, double m, double b, double c, double z,
                         double others) {
  scaled<dd<double>> last_b = unavailable<dd<double>>(), last_c = last_b;
  for (std::size_t limbs = first_limbs; m * double(limbs) * slope_work <= most_wide_work;
       limbs *= 2) {
    const wide_slopes s = wide_slope_recurrence(m, b, c, exact_real{z}, limbs);
    const scaled<dd<double>> by_b = narrow(s.by_b), by_c = narrow(s.by_c);
    const bool agree = last_b.error != HUGE_VAL && relative_difference(last_b, by_b) < 0x1p-6 &&
                       relative_difference(last_c, by_c) < 0x1p-6;
    last_b = by_b;
    last_c = by_c;
    if (!agree) continue;
    const scaled<dd<double>> front = inverse_pochhammer(m, c);
    const scaled<dd<double>> at_fixed_b =
        minus_times(by_c, narrow(s.value), harmonic_sum(m, widen(c)));
    const scaled<dd<double>> d_b = times(by_b, front), d_c = times(at_fixed_b, front);
    const trusted of_b = make_trusted({d_b.value, d_b.error}, d_b.exponent);
    const trusted of_c = make_trusted({d_c.value, d_c.error}, d_c.exponent);
    if (known.d_b != known.d_b && of_b.is_good(b, others)) known.d_b = of_b.value;
    if (known.d_c != known.d_c && of_c.is_good(c, others)) known.d_c = of_c.value;
    return;
  }
}

#endif

HYPGEO_END
