// Raising small b and small d, so that the integrand decays at both ends of x = log(t / (1 - t)).
//
// b, once (proof in docs/algorithms.md; all terms positive, so nothing cancels):
//   E_{b,d}[(1 - zT)^m] = E_{b+1,d}[(1 - zT)^m (1 + m/c Y)],  Y = z (1 - T) / (1 - zT) in [0, z].
// d, once, by splitting off the value at T = 1:
//   E_{b,d}[(1 - zT)^m p(Y)] = (1 - z)^m + d/c E_{b,d+1}[(1 - zT)^m r(T)],  p(0) = 1,
//   r(t) = (p(y) - (1 - y)^m) / (1 - t).
#pragma once
#include "elementary.h"
#include "euler.h"

HYPGEO_BEGIN

constexpr double raise_b_below = 1.0;
constexpr double raise_d_below = 1.0;

// 1 where b has been raised, 0 elsewhere.
template <class V>
HYPGEO_INLINE V raise_b(euler_integral<V>& e) {
  const V n = select(e.b.hi < raise_b_below, splat<V>(1.0), splat<V>(0.0));
  e.b = add(e.b, n);
  e.c = add(e.c, n);
  return n;
}

HYPGEO_END
