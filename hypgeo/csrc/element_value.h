// F of one element, wherever it is.
#pragma once
#include "evaluate.h"

HYPGEO_BEGIN

// Points are shared by the elements of one b (shared_nodes.h), which other methods exchange with d.
HYPGEO_INLINE const shared_nodes* points_for(route r, const shared_nodes* of_b) {
  return r == route::gamma_like ? of_b : nullptr;
}

// r is what best_route names.
HYPGEO_OUTLINE double element_value(route r, double m, double b, double c, double z,
                                    const shared_nodes* shared) {
  if (int(r) >= packed_routes) return scalar_value(r, m, b, c, z);
  const double value = run_route<as_value, double>(r, m, b, c, z, points_for(r, shared));
  return value == value ? value : rescued<as_value>(m, b, c, z);
}

// The same for functions that need F beside something else: by the kernels that are compiled anyway.
template <class V>
HYPGEO_HD inline double value_at(double m, double b, double c, double z) {
#ifdef HYPGEO_ONE_BY_ONE
  return element_value(best_route(m, b, c, z), m, b, c, z, nullptr);
#else
  double value;
  evaluate_block<V, best_route>({&m, &b, &c, &z, &value}, 1);
  return value;
#endif
}

HYPGEO_END
