// The points for gamma-like peaks (shared_nodes.h), closer together: F_zz has the shape of b + 2,
// which needs more of them than that of b.
#pragma once
#include <cmath>

#include "raise.h"
#include "shared_nodes.h"

HYPGEO_BEGIN

constexpr double moments_step = 0.5;  // in place of gamma_step

template <class V>
HYPGEO_INLINE node_map<V> moments_map(V b) {
  return gamma_map(b, splat<V>(1.0), splat<V>(map_bend), splat<V>(moments_step));
}

HYPGEO_HD inline void make_moment_nodes(double b, shared_nodes& nodes) {
  nodes.b = b;
  nodes.map = moments_map(b < raise_b_below ? b + 1 : b);
  point_sequence<double> up(nodes.map, 1.0), down(nodes.map, -1.0);
  for (int i = 0; i < most_shared_points; ++i) {
    nodes.up[i] = up.next();
    nodes.down[i] = down.next();
  }
}

// As nodes_for in evaluate.h.
inline const shared_nodes* moment_nodes_for(const double* all_b, const int* index, int n) {
  thread_local shared_nodes nodes = {NAN, {}, {}, {}};
  const double b = all_b[index[0]];
  if (nodes.b != b && n < 16) return nullptr;
  for (int i = 1; i < n; ++i)
    if (all_b[index[i]] != b) return nullptr;
  if (nodes.b != b) make_moment_nodes(b, nodes);
  return &nodes;
}

HYPGEO_END
