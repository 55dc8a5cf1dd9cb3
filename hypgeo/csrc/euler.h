// Euler's integral (DLMF 15.6.1) for a terminating series, written as an expectation:
//
//   2F1(-m, b; c; z) = E[(1 - zT)^m],   T ~ Beta(b, d),  d = c - b > 0,  0 <= z <= 1,
//
// and the two identities that bring other arguments into that form.
#pragma once
#include "dd.h"

HYPGEO_BEGIN

// The integrand t^(b-1) (1-t)^(d-1) (1 - zt)^m with c = b + d and q = 1 - z held to double-double, so
// that neither c - b nor 1 - z loses what the caller gave. Along t = rho / (1 + rho) the value that
// is raised to the power m is (power_at_0 + power_at_inf rho) / (1 + rho); less one it is
// (excess_at_0 + excess_at_inf rho) / (1 + rho).
template <class V>
struct euler_integral {
  V m;
  dd<V> b, d, c, z, q;
  dd<V> power_at_0, power_at_inf;
  dd<V> excess_at_0, excess_at_inf;
};

// 0 < z <= 1, c > b > 0.
template <class V>
HYPGEO_INLINE euler_integral<V> euler_home(V m, V b, V c, V z) {
  const V one = splat<V>(1.0), zero = splat<V>(0.0);
  const dd<V> q = two_sum(one, -z);
  return {m, widen(b), two_sum(c, -b), widen(c), widen(z), q, widen(one), q, widen(zero), widen(-z)};
}

// z < 0, c > b > 0, by Pfaff's transformation (DLMF 15.8.1): T -> 1 - T exchanges b and d, and
// (1 - zT)^m = (1 - z)^m (1 - z' (1 - T))^m with z' = z / (z - 1) in (0, 1).
template <class V>
HYPGEO_INLINE euler_integral<V> euler_negative(V m, V b, V c, V z) {
  const V one = splat<V>(1.0), zero = splat<V>(0.0);
  const dd<V> base = two_sum(one, -z);
  return {m,
          two_sum(c, -b),
          widen(b),
          widen(c),
          div(widen(-z), base),
          div(widen(one), base),
          base,
          widen(one),
          widen(-z),
          widen(zero)};
}

// For tau = 1 - t -> 0 the integrand is tau^d e^(-alpha tau - beta tau^2 / 2 ...) with
// alpha = b - m z/q and beta = b + m (z/q)^2. A small alpha makes it vary twice as fast in log(tau),
// far out if not at the peak, and halves the strip in which it is bounded.
template <class V>
HYPGEO_INLINE mask_of<V> is_flat_at_one(V m, V b, V z, V q) {
  const V bq = b * q, mz = m * z;
  return abs(bq - mz) * q < (bq * q + mz * z) * 0.6;
}

HYPGEO_END
