// The trapezoidal rule (trapezoid.h) for several integrals over the same nodes.
#pragma once
#include "derivative_integrand.h"
#include "shared_nodes.h"

HYPGEO_BEGIN

// Sums of the integrand times the factors of F, and of these times two logs.
template <class V>
struct moments {
  V value, first, second, z, zz, slope;
  V pull;  // see balance()

  HYPGEO_INLINE void scale(V by) {
    value = value * by;
    first = first * by;
    second = second * by;
    z = z * by;
    zz = zz * by;
    slope = slope * by;
    pull = pull * by;
  }
};

template <class V, class Logs, class Factors>
struct moment_integrand {
  const peak<V>& p;
  Logs logs;
  Factors factors;
  V stiffness;  // of the pull

  // Adds one node; true where it no longer matters.
  HYPGEO_INLINE mask_of<V> operator()(const rule_point<V>& r, V enough, moments<V>& total) const {
    const node<V> n = make_node(p, r.x, r.E);
    const node_logs<V> l = logs(p, n);
    const V weight = exp(max(l.size, splat<V>(least_exponent))) * r.weight;
    const node_factors<V> f = factors(p, n);
    const V whole = weight * f.value;
    total.value = total.value + whole;
    total.first = mul_add(whole, l.first, total.first);
    total.second = mul_add(whole, l.second, total.second);
    total.z = mul_add(weight, f.z, total.z);
    total.zz = mul_add(weight, f.zz, total.zz);
    total.slope = mul_add(weight, f.slope, total.slope);
    if (Logs::balanced) {
      const V bend = f.slope * p.s.hi * (n.E + 1.0) * n.v;
      total.pull = mul_add(weight, f.value * stiffness * l.square - bend, total.pull);
    }
    return (whole * (abs(r.x) + 1.0) <= total.value * enough) &
           (weight * f.z <= total.z * enough) & (weight * f.zz <= total.zz * enough);
  }
};

// m z (1-z) t*^2 / (1-zt*)^3.
template <class V>
HYPGEO_INLINE V pull_stiffness(const peak<V>& p, V z, V q) {
  const V inverse = p.y / (z * p.one_minus_t.hi), t = p.t.hi * inverse;  // 1 / (1-zt*)
  return p.m * z * q * t * t * inverse;
}

// Turns sums of psi(v1) and psi(v2) into those of log(t/(1-t)) and log(1-t) (or log t), relative to
// the saddle. With tau = t - t*, v1 = tau/t* and v2 = -tau/(1-t*), the logs are v - psi(v); and the
// mean of tau follows from that of the derivative of the log of the integrand, phi',
//
//   E[f phi' + f'] = 0,
//   phi' = phi'(x*) - k tau / (t* (1-t*)) + m z (1-z) tau^2 / ((1-zt*)^2 (1-zt)),
//
// with k = -phi''(x*): all is as small as tau^2, and rounding with it, where the peak is sharp.
template <class V, bool Pfaff>
HYPGEO_INLINE void balance(const peak<V>& p, V curvature, moments<V>& sums) {
  const V shift = mul_add(p.slope, sums.value, sums.pull) / curvature;
  const V psi1 = sums.first, psi2 = sums.second;
  sums.first = shift - (psi1 - psi2);
  sums.second = Pfaff ? mul_add(shift, p.one_minus_t.hi, -psi1) : -mul_add(shift, p.t.hi, psi2);
}

template <class V>
HYPGEO_INLINE rule_point<V> middle_point(V weight) {
  return {splat<V>(0.0), splat<V>(0.0), weight};
}

// Two nodes at a time, as add_side.
template <class V, class F>
HYPGEO_INLINE void add_side(const F& f, point_sequence<V> points, V enough, moments<V>& total) {
  for (int i = 1; i < most_steps; i += 2) {
    f(points.next(), enough, total);
    if (all(f(points.next(), enough, total))) return;
  }
}

template <class V, class F>
HYPGEO_INLINE moments<V> trapezoid_moments(const F& f, const node_map<V>& map, V enough) {
  moments<V> total = {};
  f(middle_point(middle_weight(map)), enough, total);
  add_side(f, point_sequence<V>(map, -1.0), enough, total);
  add_side(f, point_sequence<V>(map, 1.0), enough, total);
  total.scale(map.step * abs(map.scale));
  return total;
}

template <class V>
HYPGEO_INLINE rule_point<V> widen_point(const rule_point<double>& r) {
  return {splat<V>(r.x), splat<V>(r.E), splat<V>(r.weight)};
}

template <class V, class F>
HYPGEO_INLINE bool add_shared(const F& f, const rule_point<double>* nodes, V enough,
                              moments<V>& total) {
  for (int i = 0; i < most_shared_points; i += 2) {
    f(widen_point<V>(nodes[i]), enough, total);
    if (all(f(widen_point<V>(nodes[i + 1]), enough, total))) return true;
  }
  return false;
}

// False where the points do not reach far enough.
template <class V, class F>
HYPGEO_INLINE bool shared_moments(const F& f, const shared_nodes& nodes, V enough,
                                  moments<V>& total) {
  total = moments<V>();
  f(middle_point(splat<V>(middle_weight(nodes.map))), enough, total);
  if (!add_shared(f, nodes.down, enough, total) || !add_shared(f, nodes.up, enough, total))
    return false;
  total.scale(splat<V>(nodes.map.step));
  return true;
}

HYPGEO_END
