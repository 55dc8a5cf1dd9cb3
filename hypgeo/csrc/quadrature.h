// Euler's integral by the trapezoidal rule about its saddle point: any b, d > 0 and any m.
#pragma once
#include "integrand.h"
#include "shared_nodes.h"

HYPGEO_BEGIN


// m y / c at the saddle where b was raised (n = 1), else 0; c is the one before raising.
template <class V>
HYPGEO_INLINE V raised_slope(const euler_integral<V>& e, const saddle_point<V>& s, V n, dd<V> c) {
  const dd<V> y = div(e.z, add(mul(e.q, s.rho), splat<V>(1.0)));
  return div(mul(mul(y, e.m), n), c).hi;
}

// E[(1 - zT)^m factor], 1 / B(b, d) included.
template <class V, class Factor>
HYPGEO_INLINE V integrate(const euler_integral<V>& e, const saddle_point<V>& s,
                          const Factor& factor, V scale) {
  const peak<V> p = make_peak(e, s);
  const integrand<V, heavy_exponent, Factor> f{p, {}, factor};
  const node_map<V> map = fitted_map(e, p);
  const V sum = trapezoid(f, map, exponential_tail(map, p.b, p.d));
  return exp_scaled(s.log_height, sum * beta_normalisation(e) * scale);
}

template <class V>
HYPGEO_INLINE V general_quadrature(euler_integral<V> e) {
  const dd<V> c = e.c;
  const V n = raise_b(e);
  const saddle_point<V> s = find_saddle(e);
  const linear_factor<V> factor{raised_slope(e, s, n, c)};
  return integrate(e, s, factor, splat<V>(1.0));
}

// (1 - z)^m + d/c E_{b,d+1}[...] for small d: see raise.h.
template <class V>
HYPGEO_INLINE V small_d_quadrature(euler_integral<V> e) {
  const V one = splat<V>(1.0);
  const dd<V> c = e.c;
  const V n = raise_b(e);
  const V share = div(e.d, e.c).hi;
  e.d = add(e.d, one);
  e.c = add(e.c, one);
  const saddle_point<V> s = find_saddle(e);
  const split_factor<V> factor{raised_slope(e, s, n, c)};
  const V bulk = integrate(e, s, factor, share);
  const dd<V> u = {max(e.power_at_inf.hi, splat<V>(0x1p-1000)), e.power_at_inf.lo};
  return bulk + exp_scaled(mul(log1p(e.excess_at_inf, u), e.m), one);
}

// Where the integrand has died out before t = 1 it has the shape of its b alone, and what happens
// near t = 1, small d included, does not matter. `shared` is for that b where all lanes have it.
template <class V>
HYPGEO_INLINE V gamma_like_quadrature(euler_integral<V> e, const shared_nodes* shared) {
  const dd<V> c = e.c;
  const V n = raise_b(e);
  const saddle_point<V> s = find_saddle(e);
  const peak<V> p = make_peak(e, s);
  const integrand<V, light_exponent, linear_factor<V>> f{p, {}, {raised_slope(e, s, n, c)}};
  V sum;
  if (!(shared != nullptr && shared_trapezoid(f, *shared, sum)))
    sum = trapezoid(f, gamma_map(p.b), splat<V>(steeply_negligible));
  return exp_scaled(s.log_height, sum * beta_normalisation(e));
}

HYPGEO_END
