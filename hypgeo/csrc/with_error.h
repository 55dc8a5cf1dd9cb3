// F and a bound of its error.
#pragma once
#include "logarithm.h"

HYPGEO_BEGIN

// What is promised for 0 <= z <= 1, 0 < b < c and for z < 0, b, c > 0: 8 eps, and |ln F| eps more where
// F is tiny, since its exponent is then rounded at that size.
constexpr double promised_error = 8 * 0x1p-52;
constexpr double tiny_value = 1e-20;

HYPGEO_INLINE double promised(double value) {
  if (!(value < tiny_value)) return value * promised_error;
  const double spread = value > 0.0 ? -std::log(value) : 745.0;
  return value * (promised_error + spread * 0x1p-52) + 0x1p-1074;
}

struct value_and_error {
  double value, error;
};

HYPGEO_OUTLINE value_and_error general_with_error(double m, double b, double c, double z) {
  if (is_pole(m, c)) return {HUGE_VAL, 0.0};
  const scaled<dd<double>> r = general_value(m, b, c, z);
  if (!is_known(r)) return {NAN, HUGE_VAL};
  const double value = unscaled(r.value.hi, r.exponent);
  const double rounding = abs(value) * 0x1p-53 + 0x1p-1074;
  return {value, value - value == 0.0 ? unscaled(r.error, r.exponent) + rounding : HUGE_VAL};
}

template <class V>
void with_error_block(const operands& o, double* error, int n) {
  evaluate_block<V, best_route, as_value, scalar_but_outside>(o, n);
  for (int i = 0; i < n; ++i) {
    const route r = best_route(o.m[i], o.b[i], o.c[i], o.z[i]);
    if (r == route::outside) {
      const value_and_error e = general_with_error(o.m[i], o.b[i], o.c[i], o.z[i]);
      o.out[i] = e.value;
      error[i] = e.error;
    } else {
      error[i] = r == route::one || r == route::zero ? 0.0 : promised(o.out[i]);
    }
  }
}

template <class V>
void evaluate_with_error(const double* m, const double* b, const double* c, const double* z,
                         double* value, double* error, std::size_t n) {
  for_blocks(n, [=](std::size_t i, int count) {
    with_error_block<V>({m + i, b + i, c + i, z + i, value + i}, error + i, count);
  });
}

HYPGEO_END
