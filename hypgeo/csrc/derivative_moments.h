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

  // Adds some nodes; true where the last one no longer matters.
  template <int N>
  HYPGEO_INLINE mask_of<V> operator()(const rule_point<V> (&at)[N], V enough,
                                      moments<V>& total) const {
    node<V> n[N];
    node_logs<V> l[N];
    V weight[N];
    for (int k = 0; k < N; ++k) n[k] = make_node(p, at[k].x, at[k].E);
    for (int k = 0; k < N; ++k) l[k] = logs(p, n[k]);
    for (int k = 0; k < N; ++k)
      weight[k] = exp(max(l[k].size, splat<V>(least_exponent))) * at[k].weight;
    for (int k = 0; k + 1 < N; ++k) add(n[k], l[k], weight[k], total);
    const node_factors<V> f = add(n[N - 1], l[N - 1], weight[N - 1], total);
    const V last = weight[N - 1], reach = abs(at[N - 1].x) + 1.0;
    return (last * f.value * reach <= total.value * enough) & (last * f.z <= total.z * enough) &
           (last * f.zz <= total.zz * enough);
  }

  HYPGEO_INLINE node_factors<V> add(const node<V>& n, const node_logs<V>& l, V weight,
                                    moments<V>& total) const {
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
    return f;
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

template <class V, class F>
HYPGEO_INLINE void add_middle(const F& f, V weight, V enough, moments<V>& total) {
  const rule_point<V> point[1] = {{splat<V>(0.0), splat<V>(0.0), weight}};
  f(point, enough, total);
}

template <class V, class F>
HYPGEO_INLINE void add_side(const F& f, point_sequence<V> points, V enough, moments<V>& total) {
  rule_point<V> some[points_at_once];
  for (int i = 0; i < most_steps; i += points_at_once) {
    points.next(some);
    if (all(f(some, enough, total))) return;
  }
}

template <class V, class F>
HYPGEO_INLINE moments<V> trapezoid_moments(const F& f, const node_map<V>& map, V enough) {
  moments<V> total = {};
  add_middle(f, middle_weight(map), enough, total);
  add_side(f, point_sequence<V>(map, -1.0), enough, total);
  add_side(f, point_sequence<V>(map, 1.0), enough, total);
  total.scale(map.step * abs(map.scale));
  return total;
}

template <class V, class F>
HYPGEO_INLINE bool add_shared(const F& f, const rule_point<double>* nodes, V enough,
                              moments<V>& total) {
  rule_point<V> some[points_at_once];
  for (int i = 0; i < most_shared_points; i += points_at_once) {
    for (int k = 0; k < points_at_once; ++k) some[k] = widen_point<V>(nodes[i + k]);
    if (all(f(some, enough, total))) return true;
  }
  return false;
}

// False where the points do not reach far enough.
template <class V, class F>
HYPGEO_INLINE bool shared_moments(const F& f, const shared_nodes& nodes, V enough,
                                  moments<V>& total) {
  total = moments<V>();
  add_middle(f, splat<V>(middle_weight(nodes.map)), enough, total);
  if (!add_shared(f, nodes.down, enough, total) || !add_shared(f, nodes.up, enough, total))
    return false;
  total.scale(splat<V>(nodes.map.step));
  return true;
}

HYPGEO_END
