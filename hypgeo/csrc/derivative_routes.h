// Which method gives the derivatives: that of F (routes.h) wherever its weights are good enough.
#pragma once
#include "routes.h"

HYPGEO_BEGIN

// The routes in packs of routes.h, and this one.
constexpr int negative_alternating = packed_routes;
constexpr int packed_jets = packed_routes + 1;
// Run one element at a time.
enum class lone_jet : int { constant = packed_jets, at_zero, undefined, infinite, elsewhere };

// Whether the terms of 15.2.1 fall from the start, by half at least: they hardly cancel then.
HYPGEO_INLINE bool is_alternating(double m, double b, double c, double z) {
  return 2 * m * z <= c && 2 * m * z * b <= c;
}

// Where T hardly leaves 1, log T and log(1-T) vary much more than F depends on them, and a
// quadrature gives a small derivative as the difference of large moments. The series in
// w = z/(1-z) (home) has few terms there, and positive ones; that in z/(z-1) (z < 0) alternates.
constexpr double few_series_terms = 40.0;

HYPGEO_INLINE bool is_weak_tilt(double m, double d, double c, double z) {
  const double w = m * z, q = 1 - z;
  return 2 * w <= c * q && w * d <= few_series_terms * c * q;
}

// 0 <= b <= c, c > 0, 0 < z <= 1.
HYPGEO_INLINE int home_jet(double m, double b, double c, double z) {
  if (m <= few_terms) return int(route::finite);
  const double d = c - b;
  if (is_alternating(m, b, c, z)) return int(route::alternating);
  route r = best_home_route(m, b, d, z);
  // Its nodes depend on b; a rule for the logs that derivatives bring would be another one.
  if (r == route::laguerre) r = long_home_route(m, b, d, z, m * decay_rate(z));
  const bool peaked = r == route::general || r == route::general_flat || r == route::small_d ||
                      r == route::small_d_flat;
  return int(peaked && is_weak_tilt(m, d, c, z) ? route::medium_pfaff : r);
}

// b >= 0, c > 0, z < 0.
HYPGEO_INLINE int negative_jet(double m, double b, double c, double z) {
  if (c < b || z < most_negative) return int(route::negative_long);
  const double growth = m * std::log1p(-z);
  if (m <= few_terms)
    return int(growth < most_growth ? route::negative_finite : route::negative_long);
  if (growth <= short_series_up_to) return int(route::negative_short);
  if (growth <= medium_up_to(b)) return int(route::negative_medium);
  if (is_alternating(m, c - b, c, z / (z - 1))) return negative_alternating;
  return int(negative_quadrature(m, b, c - b, growth));
}

HYPGEO_INLINE int jet_route(double m, double b, double c, double z) {
  const bool finite = std::isfinite(m) && std::isfinite(b) && std::isfinite(c);
  if (!finite || z != z) return int(lone_jet::undefined);
  if (m == 0) return int(lone_jet::constant);
  if (z == 0) return int(lone_jet::at_zero);
  const bool beta = b >= 0 && c > 0;
  if (std::isinf(z))
    return int(z < 0 && beta && b > 0 ? lone_jet::infinite : lone_jet::undefined);
  if (beta && z < 0) return negative_jet(m, b, c, z);
  if (beta && b <= c && z <= 1) return home_jet(m, b, c, z);
  return int(lone_jet::elsewhere);
}

HYPGEO_END
