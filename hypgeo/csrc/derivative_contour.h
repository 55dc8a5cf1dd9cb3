// F_b and F_c where every other way takes too long: under the contour integral, or, where they are small
// beside its rounding, by differences of F over steps that are large for the same reason.
#pragma once
#include <climits>

#include "derivative_forms.h"
#include "derivative_tail.h"
#include "general_value.h"

#ifndef HYPGEO_ONE_BY_ONE  // host only
HYPGEO_BEGIN

struct contour_slopes {
  trusted d_b, d_c;
};

HYPGEO_INLINE trusted scaled_slope(double value, double error, long long exponent) {
  return {unscaled(value, exponent), error / abs(value)};
}

// z = 1, F = (d)_m / (c)_m with d = c - b: by the digamma function. Where F is 0 this is its limit.
HYPGEO_OUTLINE contour_slopes slopes_at_one(double m, double b, double c) {
  constexpr double aside = 0x1p-70, of_digamma = 0x1p-48;
  contour_problem p = make_contour_problem(m, b, c, {1.0, 0.0});
  const double whole = -p.d.hi;
  const bool vanishes = p.d.lo == 0.0 && whole >= 0.0 && whole == std::floor(whole) && whole < m;
  if (vanishes) p.d = add(p.d, aside);
  const scaled<dd<double>> f = value_at_one(p);
  const double of_d = vanishes ? 1.0 / aside : digamma_gap(p.d, add(p.d, m));
  const double of_c = vanishes ? 0.0 : digamma_gap(widen(p.c), p.c_plus_m);
  const double d_b = -f.value.hi * of_d, d_c = f.value.hi * (of_d - of_c);
  const double error = f.error * (abs(of_d) + abs(of_c)) + abs(f.value.hi) * of_digamma;
  return {scaled_slope(d_b, error + abs(d_b) * of_digamma, f.exponent),
          scaled_slope(d_c, error + (abs(of_d) + abs(of_c)) * abs(f.value.hi) * of_digamma, f.exponent)};
}

HYPGEO_OUTLINE contour_slopes slopes_by_contour(double m, double b, double c, double real_z) {
  if (real_z == 1.0) return slopes_at_one(m, b, c);
  complex_of<double> z = {real_z, 0.0};
  double lent_b = b, lent_c = c;
  lend(lent_b, z, false);
  lend(lent_c, z, true);
  const contour_problem p = make_contour_problem(m, lent_b, lent_c, z);
  const plane_result r = plane_contour<true>(p).value();
  const double by_b = b == 0.0 ? 1.0 : lent_b / b, by_c = lent_c / c;
  return {scaled_slope(r.value.b.re * by_b, r.error.b.re * by_b, r.exponent),
          scaled_slope(r.value.c.re * by_c, r.error.c.re * by_c, r.exponent)};
}

// The derivative of f at 0 by central differences of the eighth order, and of the sixth as the error.
template <class F>
HYPGEO_OUTLINE trusted slope_by_differences(F f, double step) {
  constexpr int reach = 4;
  constexpr double eighth[reach] = {4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280};
  constexpr double sixth[reach] = {3.0 / 4, -3.0 / 20, 1.0 / 60, 0.0};
  scaled<dd<double>> at[2 * reach];
  long long most = LLONG_MIN;
  for (int i = 0; i < 2 * reach; ++i) {
    at[i] = f(i < reach ? step * (i + 1) : -step * (i - reach + 1));
    if (!is_known(at[i])) return {NAN, HUGE_VAL};
    if (at[i].exponent > most) most = at[i].exponent;
  }
  double high = 0.0, low = 0.0, error = 0.0;
  for (int i = 0; i < 2 * reach; ++i) {
    const long long below = at[i].exponent - most;
    const double by = below < -2000 ? 0.0 : std::ldexp(i < reach ? 1.0 : -1.0, int(below));
    const double value = at[i].value.hi * by, weight = eighth[i % reach];
    high += weight * value;
    low += sixth[i % reach] * value;
    error += abs(weight * by) * at[i].error + abs(weight * value) * 0x1p-52;
  }
  error += abs(high - low);
  return scaled_slope(high / step, error / step, most);
}

// F has poles at c = 0, -1, ..., 1 - m.
HYPGEO_INLINE double distance_to_pole(double m, double c) {
  if (c > 0.0) return c;
  if (c < 1.0 - m) return 1.0 - m - c;
  return abs(c - std::nearbyint(c));
}

// A step after which x is rounded to what it is meant to be.
HYPGEO_INLINE double whole_step(double x, double step) {
  const double up = x + step;
  return up - x;
}

// By steps from a share of `room` down, whichever is best.
template <class F>
HYPGEO_OUTLINE trusted slope_within(F f, double x, double room, double worst) {
  constexpr int most_tries = 9;
  constexpr double first = 1.0 / 32, shrink = 1.0 / 16;
  trusted best = {NAN, HUGE_VAL};
  double length = first * room;
  for (int i = 0; i < most_tries && !(best.error <= worst); ++i, length *= shrink) {
    const double step = whole_step(x, length);
    if (step == 0.0) break;
    const trusted found = slope_by_differences(f, step);
    if (found.error < best.error) best = found;
  }
  return best;
}

// By the first terms of the series, where the others do not matter.
HYPGEO_OUTLINE void fill_by_few_terms(parameter_slopes& known, double m, double b, double c, double z,
                                      double others) {
  const slope_form direct = direct_form(m, b, c, z);
  const slope_series s = slope_series_of(direct.p, true);
  const series_tail tail(m, b, c, z, s.slopes.beta.value.hi, s.slopes.gamma.value.hi);
  if (tail.is_negligible(s.terms)) fill(known, direct, s.slopes, b, c, others);
}

// Fills in what is still NaN, as exactly as F is promised at that degree.
HYPGEO_OUTLINE void fill_by_contour(parameter_slopes& known, double m, double b, double c, double z,
                                    double others) {
  constexpr double good_at_large_degree = 0x1p-30, good_below = 64 * 0x1p-52;
  const double worst = m > most_slope_steps ? good_at_large_degree : good_below;
  const auto put = [=](double& to, const trusted& x, double parameter) {
    if (to == to) return;
    if (x.error <= worst || abs(parameter * x.value) * x.error <= worst * others) to = x.value;
  };
  const contour_slopes s = slopes_by_contour(m, b, c, z);
  put(known.d_b, s.d_b, b);
  put(known.d_c, s.d_c, c);
  if (known.d_b != known.d_b) {
    const auto f = [=](double h) { return general_value(m, b + h, c, z); };
    put(known.d_b, slope_within(f, b, abs(b) + 1.0, 0x1p-40), b);
  }
  if (known.d_c != known.d_c) {
    const auto f = [=](double h) { return general_value(m, b, c + h, z); };
    put(known.d_c, slope_within(f, c, distance_to_pole(m, c), 0x1p-40), c);
  }
}

HYPGEO_END
#endif
