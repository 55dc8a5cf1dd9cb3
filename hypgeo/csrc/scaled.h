// Numbers with an exponent of their own and a bound of their error: value 2^exponent.
#pragma once
#include "number.h"

HYPGEO_BEGIN

template <class N>
struct scaled {
  N value;
  double error;  // absolute, of value
  long long exponent;
};

constexpr int scale_step = 256;

// The exponent, in steps, of a size outside 2^±128; else 0.
HYPGEO_OUTLINE int exponent_in_steps(double size) {
  int e = 0;
  std::frexp(size, &e);
  return scale_step * int(std::floor((e + scale_step / 2) / double(scale_step)));
}
HYPGEO_INLINE int steps_beyond(double size) {
  if ((size < 0x1p128 && size > 0x1p-128) || size == 0.0) return 0;
  return size - size == 0.0 ? exponent_in_steps(size) : 0;
}

// x and what shares its exponent, kept within 2^±scale_step.
template <class N>
HYPGEO_INLINE double scale_down(N x) {
  const double s = size(x);
  return s > 0x1p256 ? 0x1p-256 : s < 0x1p-256 && s > 0.0 ? 0x1p256 : 1.0;
}
HYPGEO_INLINE long long exponent_of(double factor) {
  return factor == 1.0 ? 0 : factor < 1.0 ? scale_step : -scale_step;
}

template <class N>
HYPGEO_INLINE scaled<N> normalised(scaled<N> x) {
  for (double f = scale_down(x.value); f != 1.0; f = scale_down(x.value)) {
    x.value = times_power_of_two(x.value, f);
    x.error *= f;
    x.exponent += exponent_of(f);
  }
  return x;
}

constexpr double dd_eps = 0x1p-102;  // of one operation, with a margin

// x y with the relative error `error` of y.
template <class N, class F>
HYPGEO_OUTLINE scaled<N> times(scaled<N> x, F y, double error, long long exponent = 0) {
  const N value = mul(x.value, y);
  const double total = x.error * size(y) * 1.5 + size(value) * (error + dd_eps);
  return normalised(scaled<N>{value, total, x.exponent + exponent});
}

template <class N>
HYPGEO_INLINE double relative_error(const scaled<N>& x) {
  const double e = x.error / size(x.value);
  return e == e ? e : HUGE_VAL;
}

// x as a double: inf and 0 only beyond the range, a subnormal rounded once.
HYPGEO_INLINE double unscaled(double x, long long exponent) {
  constexpr long long most = 5000;
  const long long e = exponent > most ? most : exponent < -most ? -most : exponent;
  return std::ldexp(x, static_cast<int>(e));
}

HYPGEO_END
