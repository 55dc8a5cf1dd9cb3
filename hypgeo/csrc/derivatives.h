// F and its derivatives in b (c fixed), c (b fixed) and z, in one pass.
#pragma once
#include "derivative_alternating.h"
#include "derivative_asymptotic.h"
#include "derivative_elsewhere.h"
#include "derivative_finite.h"
#include "derivative_quadrature.h"
#include "derivative_series.h"
#include "dispatch.h"

HYPGEO_BEGIN

// What is not `whole` may leave F_b and F_zz out, where that saves much.
template <class V>
HYPGEO_INLINE jet<V> unbounded_jet(int r, V m, V b, V c, V z, const shared_nodes* shared,
                                   bool whole) {
  if (r == negative_alternating) return negative_alternating_jet(m, b, c, z);
  switch (route(r)) {
    case route::finite: return finite_jet(m, b, c, z);
    case route::alternating: return alternating_jet(m, b, c, z);
    case route::short_pfaff: return pfaff_jet<V, plain_terms<V>>(m, b, c, z);
    case route::medium_pfaff: return pfaff_jet<V, dd_terms<V>>(m, b, c, z);
    case route::asymptotic:
      return whole ? asymptotic_jet<V, true>(m, b, c, z) : asymptotic_jet<V, false>(m, b, c, z);
    case route::gamma_like: return gamma_like_jet<V, false>(m, b, c, z, shared);
    case route::general:
    case route::general_flat: return general_jet<V, false>(m, b, c, z);
    case route::small_d:
    case route::small_d_flat: return small_d_jet<V, false>(m, b, c, z);
    case route::negative_finite: return negative_finite_jet(m, b, c, z);
    case route::negative_short: return negative_series_jet<V, plain_terms<V>>(m, b, c, z);
    case route::negative_medium: return negative_series_jet<V, dd_terms<V>>(m, b, c, z);
    case route::negative_long: return negative_long_jet(m, b, c, z);
    case route::negative_gamma_like: return gamma_like_jet<V, true>(m, b, c, z, shared);
    case route::negative_general: return general_jet<V, true>(m, b, c, z);
    default: return small_d_jet<V, true>(m, b, c, z);
  }
}

// 0 < F <= 1 for z >= 0 and F >= 1 for z < 0: rounding must not pass 1. F = 1 for b = 0.
template <class V>
HYPGEO_INLINE jet<V> run_jet(int r, V m, V b, V c, V z, const shared_nodes* shared,
                             bool whole = true) {
  jet<V> j = unbounded_jet(r, m, b, c, z, shared, whole);
  const V zero = splat<V>(0.0), one = splat<V>(1.0);
  const mask_of<V> still = b == 0.0;
  const mask_of<V> past = ((j.value > 1.0) & (z >= 0.0)) | ((j.value < 1.0) & (z < 0.0));
  j.value = select(past | still, one, j.value);
  j.d_c = select(still, zero, j.d_c);
  j.d_z = select(still, zero, j.d_z);
  j.d_zz = select(still | (m == 1.0), zero, j.d_zz);
  return j;
}

struct jet_operands {
  operands in;  // without the output
  double* out[derivative_count];  // nullptr where not asked for

  bool whole() const { return out[1] != nullptr || out[4] != nullptr; }
};

template <class V>
HYPGEO_INLINE void store_jet(double (&to)[derivative_count][lanes<V>::count], const jet<V>& j) {
  store(to[0], j.value);
  store(to[1], j.d_b);
  store(to[2], j.d_c);
  store(to[3], j.d_z);
  store(to[4], j.d_zz);
}

// One method over the elements listed in index, as run_packs.
template <class V>
void run_jet_packs(int r, const jet_operands& o, int* index, int n) {
  constexpr int width = lanes<V>::count;
  if (n == 0) return;
  if (has_long_series(route(r)) && n > width) sort_by_length(o.in, index, n);
  const bool shareable = r == int(route::gamma_like);
  const shared_nodes* shared = shareable ? moment_nodes_for(o.in.b, index, n) : nullptr;
  double out[derivative_count][width];
  for (int start = 0; start < n; start += width) {
    const arguments<V> x = gather_pack<V>(o.in, index, start, n);
    store_jet<V>(out, run_jet(r, x.m, x.b, x.c, x.z, shared, o.whole()));
    for (int k = 0; k < derivative_count; ++k) {
      if (o.out[k] == nullptr) continue;
      for (int i = 0; i < width && start + i < n; ++i) o.out[k][index[start + i]] = out[k][i];
    }
  }
}

template <class V>
void derivative_block(const jet_operands& o, int n) {
  int index[packed_jets][block_size];
  int count[packed_jets] = {};
  for (int j = 0; j < n; ++j) {
    const double m = o.in.m[j], b = o.in.b[j], c = o.in.c[j], z = o.in.z[j];
    const int r = jet_route(m, b, c, z);
    if (r < packed_jets) {
      index[r][count[r]++] = j;
      continue;
    }
    double out[derivative_count][1];
    store_jet<double>(out, lone_element<V>(lone_jet(r), m, b, c, z));
    for (int k = 0; k < derivative_count; ++k)
      if (o.out[k] != nullptr) o.out[k][j] = out[k][0];
  }
  for (int r = 0; r < packed_jets; ++r) run_jet_packs<V>(r, o, index[r], count[r]);
}

// out: F, F_b, F_c, F_z, F_zz, each nullptr where it is not asked for.
template <class V>
void evaluate_derivatives(const double* m, const double* b, const double* c, const double* z,
                          double* const (&out)[derivative_count], std::size_t n) {
  for_blocks(n, [&](std::size_t i, int count) {
    jet_operands o = {{m + i, b + i, c + i, z + i, nullptr}, {}};
    for (int k = 0; k < derivative_count; ++k) o.out[k] = out[k] == nullptr ? nullptr : out[k] + i;
    derivative_block<V>(o, count);
  });
}

HYPGEO_END
