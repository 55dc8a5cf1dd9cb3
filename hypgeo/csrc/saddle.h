// The saddle point of Euler's integrand in x = log(t / (1 - t)), and its height to double-double.
//
// With rho = t / (1 - t) the logarithm of the integrand is stationary where
//   d q rho^2 + (d + m z - b q) rho - b = 0,
// a quadratic with exactly one positive root: the integrand is unimodal for all b, d > 0.
#pragma once
#include "euler.h"
#include "gamma.h"

HYPGEO_BEGIN

template <class V>
struct saddle_point {
  V rho;
  dd<V> log_height;  // log of the integrand at rho over the peak of t^b (1-t)^d, at t = b/c
  V slope;           // derivative of the log of the integrand at rho: zero but for rounding
};

template <class V>
HYPGEO_INLINE V saddle_rho(const euler_integral<V>& e) {
  const V dq = e.d.hi * e.q.hi;
  const V beta = mul_add(e.m, e.z.hi, e.d.hi) - e.b.hi * e.q.hi;
  const V root = sqrt(beta * beta + 4.0 * e.b.hi * dq);
  const V down = splat<V>(2.0) * e.b.hi / (beta + root);
  const V up = (root - beta) / (splat<V>(2.0) * dq);
  return select(beta >= 0.0, down, up);
}

// With v = t/t0 - 1 and w = (1-t)/(1-t0) - 1, t0 = b/c, the first-order parts of
// b log(t/t0) + d log((1-t)/(1-t0)) cancel exactly and what is left, -b psi(v) - d psi(w) with
// psi(v) = v - log(1+v) >= 0, has terms of one sign.
template <class V>
HYPGEO_INLINE saddle_point<V> find_saddle(const euler_integral<V>& e) {
  saddle_point<V> s;
  s.rho = saddle_rho(e);
  const V one = splat<V>(1.0);
  const dd<V> onep = two_sum(one, s.rho);
  const dd<V> gap = sub(mul(e.d, s.rho), e.b);
  const dd<V> bp = mul(e.b, onep), dp = mul(e.d, onep);
  const dd<V> left = log1p_defect(div(gap, bp), div(mul(e.c, s.rho), bp));
  const dd<V> right = log1p_defect(neg(div(gap, dp)), div(e.c, dp));
  const dd<V> power = log1p(div(add(e.excess_at_0, mul(e.excess_at_inf, s.rho)), onep),
                            div(add(e.power_at_0, mul(e.power_at_inf, s.rho)), onep));
  s.log_height = sub(mul(power, e.m), add(mul(e.b, left), mul(e.d, right)));
  const dd<V> qp = add(mul(e.q, s.rho), one);
  const dd<V> residual = add(mul(gap, qp), mul(mul(e.z, s.rho), e.m));
  s.slope = -residual.hi / (onep.hi * qp.hi);
  return s;
}

// 1 / B(b, d) over the peak of t^b (1-t)^d, that is sqrt(bd / (2 pi c)) e^(mu(c) - mu(b) - mu(d)).
template <class V>
HYPGEO_INLINE V beta_normalisation(const euler_integral<V>& e) {
  constexpr double inverse_root_two_pi = 0.3989422804014327;
  return gamma_factor(e.b.hi) * gamma_factor_ratio(e.d.hi, e.c.hi) * inverse_root_two_pi;
}

HYPGEO_END
