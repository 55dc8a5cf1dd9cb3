// Points of the trapezoidal rule for the gamma-like shape of one b, shared by many elements.
#pragma once
#include "trapezoid.h"

HYPGEO_BEGIN

constexpr int most_shared_points = 48;  // on either side; 15 to 25 are used

struct shared_nodes {
  double b;  // 0 before the first use
  node_map<double> map;
  rule_point<double> up[most_shared_points], down[most_shared_points];
};

HYPGEO_HD inline void make_shared_nodes(double b, double raised_b, shared_nodes& nodes) {
  nodes.b = b;
  nodes.map = gamma_map(raised_b);
  point_sequence<double> up(nodes.map, 1.0), down(nodes.map, -1.0);
  for (int i = 0; i < most_shared_points; ++i) {
    nodes.up[i] = up.next();
    nodes.down[i] = down.next();
  }
}

template <class V>
HYPGEO_INLINE rule_point<V> widen_point(const rule_point<double>& r) {
  return {splat<V>(r.x), splat<V>(r.E), splat<V>(r.weight)};
}

template <class V, class F>
HYPGEO_INLINE bool add_shared(const F& f, const rule_point<double>* nodes, V& total) {
  const V enough = splat<V>(steeply_negligible);
  rule_point<V> some[points_at_once];
  for (int i = 0; i < most_shared_points; i += points_at_once) {
    for (int k = 0; k < points_at_once; ++k) some[k] = widen_point<V>(nodes[i + k]);
    if (all(add_points(f, some, enough, total))) return true;
  }
  return false;
}

// As trapezoid(), for tails that die out faster than any exponential. False where the points do not
// reach far enough.
template <class V, class F>
HYPGEO_INLINE bool shared_trapezoid(const F& f, const shared_nodes& nodes, V& total) {
  total = middle(f, splat<V>(middle_weight(nodes.map)));
  if (!add_shared(f, nodes.down, total) || !add_shared(f, nodes.up, total)) return false;
  total = total * nodes.map.step;
  return true;
}

HYPGEO_END
