// What the kernels compute, of one element: for threads that have no blocks of them.
#pragma once
#include "derivatives.h"
#include "element_value.h"
#include "logarithm.h"
#include "minus_one.h"
#include "with_error.h"

HYPGEO_BEGIN

// r is what best_route names, here and below.
HYPGEO_HD inline double element_minus_one(route r, double m, double b, double c, double z,
                                          const shared_nodes* shared) {
  const double value = r == route::outside ? 0.0 : element_value(r, m, b, c, z, shared);
  return minus_one_beside<double>(r, m, b, c, z, value);
}

HYPGEO_HD inline signed_log element_log(route r, double m, double b, double c, double z,
                                        const shared_nodes* shared) {
  if (log_needs_scaling(r)) return general_log(m, b, c, z);
  const bool packs = int(r) < packed_routes;
  const double log = packs ? run_route<as_log, double>(r, m, b, c, z, points_for(r, shared))
                           : scalar_log(r, m, b, c, z);
  if (log != log) return packs ? general_log(m, b, c, z) : signed_log{log, log};
  if (log == -HUGE_VAL) return {log, 0.0};
  if (!(abs(log) < log_by_excess)) return {log, 1.0};
  return {std::log1p(element_minus_one(r, m, b, c, z, shared)), 1.0};
}

HYPGEO_HD inline value_and_error element_with_error(route r, double m, double b, double c, double z,
                                                    const shared_nodes* shared) {
  if (r == route::outside) return general_with_error(m, b, c, z);
  const double value = element_value(r, m, b, c, z, shared);
  return {value, r == route::one || r == route::zero ? 0.0 : promised(value)};
}

// r is what jet_route names.
HYPGEO_HD inline jet<double> element_jet(int r, double m, double b, double c, double z,
                                         const shared_nodes* shared, bool whole = true) {
  return r < packed_jets ? run_jet(r, m, b, c, z, points_for(route(r), shared), whole)
                         : lone_element<double>(lone_jet(r), m, b, c, z);
}

HYPGEO_END
