// F_b and F_c where every other way takes too long: under the contour integral. Host only.
#pragma once
#include "contour_plane.h"
#include "derivative_forms.h"
#include "wide.h"

HYPGEO_BEGIN

#ifdef HYPGEO_HAS_WIDE

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

// Fills in what is still NaN, as exactly as F is promised at that degree.
HYPGEO_OUTLINE void fill_by_contour(parameter_slopes& known, double m, double b, double c, double z,
                                    double others) {
  constexpr double good_at_large_degree = 0x1p-30, good_below = 64 * 0x1p-52;
  const double worst = m > most_slope_steps ? good_at_large_degree : good_below;
  const contour_slopes s = slopes_by_contour(m, b, c, z);
  const auto is_good = [&](const trusted& x, double parameter) {
    return x.error <= worst || abs(parameter * x.value) * x.error <= worst * others;
  };
  if (known.d_b != known.d_b && is_good(s.d_b, b)) known.d_b = s.d_b.value;
  if (known.d_c != known.d_c && is_good(s.d_c, c)) known.d_c = s.d_c.value;
}

#endif

HYPGEO_END
