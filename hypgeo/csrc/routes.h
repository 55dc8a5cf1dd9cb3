// Which method evaluates which arguments. docs/algorithms.md draws the map.
#pragma once
#include <cmath>

#include "asymptotic.h"
#include "laguerre.h"
#include "raise.h"

HYPGEO_BEGIN

enum class route : int {
  // Run in packs of elements.
  power,   // b = c: (1 - z)^m
  finite,  // m <= few_terms: double-double Horner
  alternating,
  short_pfaff,
  medium_pfaff,
  asymptotic,
  laguerre,
  gamma_like,
  general,
  general_flat,  // the same with more points; kept apart so that others need not wait for them
  small_d,
  small_d_flat,
  negative_finite,  // z < 0 from here on
  negative_short,
  negative_medium,
  negative_long,
  negative_gamma_like,
  negative_general,
  negative_small_d,
  packed,  // the number of routes above
  // Run one element at a time.
  one,  // m, b or z is 0
  zero,
  infinite,
  undefined,  // NaN, or infinite arguments
  outside
};
constexpr int packed_routes = int(route::packed);

// Up to this m the sum in double-double is as fast as anything, and right to an ulp.
constexpr double few_terms = 48.0;
// m z up to which the alternating series is used: its terms cancel less than one bit.
constexpr double alternating_up_to = 0.5;
// -m log(1 - z), the decay of (1 - zt)^m over [0, 1], up to which the series in z / (1 - z) is used
// in double: few of its terms are then larger than the first, so few roundings reach the result.
constexpr double short_series_up_to = 4.0;
// Up to which the series in double-double costs less than quadrature; for small d, where the
// integrand has a long tail to the right, far less. The first limit holds for all arguments, the
// others where the integrand has not died out at t = 1.
constexpr double medium_series_up_to = 60.0;
constexpr double medium_series_up_to_flat = 90.0;
constexpr double medium_series_up_to_d4 = 120.0;
constexpr double medium_series_up_to_d1 = 250.0;
// Up to this b the first-order terms of the gamma-like form cancel without visible loss: they are
// of the size sqrt(b) where the integrand is large.
constexpr double gamma_like_up_to = 40.0;
// The integrand t^b (1-t)^d (1-zt)^m falls by M - b - b log(M/b) nats or more from its peak to
// t = 1, M = -m log(1-z); 42 are 2^-60. What lies near t = 1 weighs up to 1/d as much as its height.
constexpr double gamma_like_fall = 42.0;

// Unscaled sums of positive terms stay below e^most_growth.
constexpr double most_growth = 600.0;
// Below this z = -2^60 the double-double form of 1 - z no longer tells z from z - 1.
constexpr double most_negative = -0x1p60;

// (1 - zt)^m is like e^(-mzt), whose shape the points are made for, from this m on.
constexpr double gamma_like_from = 20.0;

// -log(1 - z), 0 <= z <= 1, or up to 0.1 % less: five terms of 2 artanh(z / (2 - z)).
HYPGEO_INLINE double decay_rate(double z) {
  if (z > 0.75) return -std::log1p(-z);
  const double s = z / (2 - z), s2 = s * s;
  return 2 * s * (1 + s2 * (1.0 / 3 + s2 * (1.0 / 5 + s2 * (1.0 / 7 + s2 * (1.0 / 9)))));
}

HYPGEO_INLINE double medium_up_to(double d) {
  return d < 1 ? medium_series_up_to_d1 : d < 4 ? medium_series_up_to_d4 : medium_series_up_to_flat;
}

// decay is -m log(1 - z) or a lower bound of it.
HYPGEO_INLINE bool is_gamma_like(double m, double b, double d, double decay) {
  const double raised = b < raise_b_below ? b + 1 : b;
  if (!(raised <= gamma_like_up_to && decay > gamma_like_fall && m > gamma_like_from)) return false;
  const double needed = d < 1 ? gamma_like_fall - std::log(d) : gamma_like_fall;
  // Most often log(x) <= 4 (x^(1/4) - 1) settles it.
  const double ratio = decay / raised;
  if (decay - raised * (4 * std::sqrt(std::sqrt(ratio)) - 3) > needed) return true;
  return decay - raised * (1 + std::log(ratio)) > needed;
}

// Whether the flatness may matter: then the peak lies near t = 1 too.
HYPGEO_INLINE bool is_flat(double m, double b, double d, double z) {
  const double q = 1 - z;
  return is_flat_at_one(m, b, z, q) && 2 * (b - d) * (1 + q) > m * z;
}

HYPGEO_INLINE route peaked_quadrature(double m, double b, double d, double z) {
  if (d < raise_d_below) return is_flat(m, b, d + 1, z) ? route::small_d_flat : route::small_d;
  return is_flat(m, b, d, z) ? route::general_flat : route::general;
}

HYPGEO_INLINE route home_quadrature(double m, double b, double d, double z, double decay) {
  return is_gamma_like(m, b, d, decay) ? route::gamma_like : peaked_quadrature(m, b, d, z);
}

// Where no expansion is short.
HYPGEO_INLINE route long_home_route(double m, double b, double d, double z, double decay) {
  if (decay <= medium_series_up_to) return route::medium_pfaff;
  if (is_gamma_like(m, b, d, decay)) return route::gamma_like;
  return decay <= medium_up_to(d) ? route::medium_pfaff : peaked_quadrature(m, b, d, z);
}

// The degree is larger than few_terms.
HYPGEO_INLINE route best_home_route(double m, double b, double d, double z) {
  if (m * z <= alternating_up_to) return route::alternating;
  if (is_asymptotic(m, b, d, z)) return route::asymptotic;
  const double decay = m * decay_rate(z);
  if (decay <= short_series_up_to) return route::short_pfaff;
  return is_laguerre(m, b, d, z) ? route::laguerre : long_home_route(m, b, d, z, decay);
}

// Pfaff's transformation exchanges b and d.
HYPGEO_INLINE route negative_quadrature(double m, double b, double d, double growth) {
  if (is_gamma_like(m, d, b, growth)) return route::negative_gamma_like;
  return b < raise_d_below ? route::negative_small_d : route::negative_general;
}

HYPGEO_INLINE route special_route(double m, double b, double c, double z) {
  const bool finite = std::isfinite(m) && std::isfinite(b) && std::isfinite(c);
  if (!finite || z != z) return route::undefined;
  if (m == 0 || b == 0 || z == 0) return route::one;
  if (std::isinf(z)) return z < 0 && b > 0 && c > 0 ? route::infinite : route::undefined;
  if (b == c && b > 0 && z <= 1) return z < 1 ? route::power : route::zero;
  return route::outside;
}

HYPGEO_INLINE bool is_home(double m, double b, double c, double z) {
  return m > 0 && b > 0 && c > b && z > 0 && z <= 1 && std::isfinite(m) && std::isfinite(c);
}
HYPGEO_INLINE bool is_negative(double m, double b, double c, double z) {
  return m > 0 && b > 0 && c > 0 && z < 0 && b != c && std::isfinite(m) && std::isfinite(b) &&
         std::isfinite(c) && std::isfinite(z);
}

HYPGEO_INLINE route best_route(double m, double b, double c, double z) {
  if (is_home(m, b, c, z))
    return m <= few_terms ? route::finite : best_home_route(m, b, c - b, z);
  if (is_negative(m, b, c, z)) {
    if (c < b || z < most_negative) return route::negative_long;
    const double growth = m * std::log1p(-z);
    if (m <= few_terms) return growth < most_growth ? route::negative_finite : route::negative_long;
    if (growth <= short_series_up_to) return route::negative_short;
    if (growth <= medium_up_to(b)) return route::negative_medium;
    return negative_quadrature(m, b, c - b, growth);
  }
  return special_route(m, b, c, z);
}

// Quadrature wherever Euler's integral exists, as a check on the other methods.
HYPGEO_INLINE route quadrature_route(double m, double b, double c, double z) {
  if (is_home(m, b, c, z)) return home_quadrature(m, b, c - b, z, -m * std::log1p(-z));
  if (is_negative(m, b, c, z)) {
    if (c < b || z < most_negative) return route::negative_long;
    return negative_quadrature(m, b, c - b, m * std::log1p(-z));
  }
  return special_route(m, b, c, z);
}

HYPGEO_END
