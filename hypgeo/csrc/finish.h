// What becomes of F = y e^x at the end of a kernel: its value, or its logarithm.
#pragma once
#include "elementary.h"

HYPGEO_BEGIN

struct as_value {
  template <class V>
  static HYPGEO_INLINE V scaled(dd<V> x, V y) {
    return exp_scaled(x, y);
  }
  template <class V>
  static HYPGEO_INLINE V plain(V y) {
    return y;
  }
  static constexpr double one = 1.0;  // what stands for F = 1
};

struct as_log {
  template <class V>
  static HYPGEO_INLINE V plain(V y) {
    return log1p(y - 1.0, y);
  }
  template <class V>
  static HYPGEO_INLINE V scaled(dd<V> x, V y) {
    const dd<V> s = two_sum(x.hi, plain(y));
    return s.hi + (s.lo + x.lo);
  }
  static constexpr double one = 0.0;
};

HYPGEO_END
