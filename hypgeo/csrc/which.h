// The method that evaluates given arguments, as a number.
#pragma once
#include <cstddef>

#include "general_value.h"
#include "routes.h"

HYPGEO_BEGIN

// The routes in their order, `packed`, which is none, left out; instead of `outside` the general
// methods. hypgeo/methods.py has their names.
HYPGEO_INLINE int code_of(route r) { return int(r) < packed_routes ? int(r) : int(r) - 1; }
HYPGEO_INLINE int code_of(general_method r) { return code_of(route::outside) + int(r); }

HYPGEO_OUTLINE double which(double m, double b, double c, double z) {
  const route r = best_route(m, b, c, z);
  if (r != route::outside) return code_of(r);
  if (is_pole(m, c)) return code_of(general_method::pole);
  return code_of(general_with_method(m, b, c, z).by);
}

inline void evaluate_which(const double* m, const double* b, const double* c, const double* z,
                           double* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = which(m[i], b[i], c[i], z[i]);
}

HYPGEO_END
