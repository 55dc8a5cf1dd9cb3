// Euler's integral by the trapezoidal rule about its saddle point: any b, d > 0 and any m.
#pragma once
#include "finish.h"
#include "integrand.h"
#include "shared_nodes.h"

HYPGEO_BEGIN

// m y / c at the saddle where b was raised (n = 1), else 0; c is the one before raising.
template <class V>
HYPGEO_INLINE V raised_slope(const euler_integral<V>& e, const saddle_point<V>& s, V n, dd<V> c) {
  const dd<V> y = div(e.z, add(mul(e.q, s.rho), splat<V>(1.0)));
  return div(mul(mul(y, e.m), n), c).hi;
}

// E[(1 - zT)^m factor] over e^log_height, 1 / B(b, d) included.
template <class V, class Factor>
HYPGEO_INLINE V integrate(const euler_integral<V>& e, const saddle_point<V>& s,
                          const Factor& factor) {
  const peak<V> p = make_peak(e, s);
  const integrand<V, heavy_exponent, Factor> f{p, {}, factor};
  const node_map<V> map = fitted_map(e, p);
  return trapezoid(f, map, exponential_tail(map, p.b, p.d)) * beta_normalisation(e);
}

template <class Finish, class V>
HYPGEO_INLINE V general_quadrature(euler_integral<V> e) {
  const dd<V> c = e.c;
  const V n = raise_b(e);
  const saddle_point<V> s = find_saddle(e);
  const linear_factor<V> factor{raised_slope(e, s, n, c)};
  return Finish::scaled(s.log_height, integrate(e, s, factor));
}

constexpr double most_above = 300.0;  // nats by which one term makes the other vanish

// (1 - z)^m + d/c E_{b,d+1}[...] for small d: see raise.h.
template <class Finish, class V>
HYPGEO_INLINE V small_d_quadrature(euler_integral<V> e) {
  const V one = splat<V>(1.0);
  const dd<V> c = e.c;
  const V n = raise_b(e);
  const V share = div(e.d, e.c).hi;
  e.d = add(e.d, one);
  e.c = add(e.c, one);
  const saddle_point<V> s = find_saddle(e);
  const split_factor<V> factor{raised_slope(e, s, n, c)};
  const V bulk = integrate(e, s, factor) * share;
  // The value at t = 1 joins before the scaling, so that a subnormal result is rounded once.
  const dd<V> u = {max(e.power_at_inf.hi, splat<V>(0x1p-1000)), e.power_at_inf.lo};
  const dd<V> log_at_1 = mul(log1p(e.excess_at_inf, u), e.m);
  const dd<V> above = sub(log_at_1, s.log_height);
  const mask_of<V> alone = above.hi > most_above;
  const V joined = exp(min(max(above.hi, splat<V>(-690.0)), splat<V>(most_above))) * (above.lo + 1.0);
  return Finish::scaled(select<V>(alone, log_at_1, s.log_height), select(alone, one, bulk + joined));
}

// Where the integrand has died out before t = 1 it has the shape of its b alone, and what happens
// near t = 1, small d included, does not matter. `shared` is for that b where all lanes have it.
template <class Finish, class V>
HYPGEO_INLINE V gamma_like_quadrature(euler_integral<V> e, const shared_nodes* shared) {
  const dd<V> c = e.c;
  const V n = raise_b(e);
  const saddle_point<V> s = find_saddle(e);
  const peak<V> p = make_peak(e, s);
  const integrand<V, light_exponent, linear_factor<V>> f{p, {}, {raised_slope(e, s, n, c)}};
  V sum;
  if (!(shared != nullptr && shared_trapezoid(f, *shared, sum)))
    sum = trapezoid(f, gamma_map(p.b), splat<V>(steeply_negligible));
  return Finish::scaled(s.log_height, sum * beta_normalisation(e));
}

HYPGEO_END
