// The published GPU kernels, by name: one thread an element, 8 lanes, 32 lanes (hypgeo/csrc/series*.h).
//
// They are what other implementations have, and checks on ours. All cost O(m).
#pragma once
#include "call.cuh"
#include "hypgeo/csrc/series.h"

namespace hypgeo {
namespace gpu {

namespace series = portable::series;
using scaled = series::Scaled<double>;
using pair = series::ProductSum<double>;

constexpr int baseline_threads = 128;

__device__ inline index_t first_thread() {
  return index_t(blockIdx.x) * baseline_threads + threadIdx.x;
}
__device__ inline index_t all_threads() { return index_t(gridDim.x) * baseline_threads; }

// The series terminate, and the arguments are finite.
__device__ inline bool is_summable(const Arguments& x) {
  return x.is_terminating && x.m - x.m == 0 && x.b - x.b == 0 && x.c - x.c == 0 && x.z - x.z == 0;
}

using Sum = double (*)(double, double, double, double);

template <Sum sum>
__device__ void run_sequential(const Call& call) {
  for (index_t i = first_thread(); i < call.count; i += all_threads()) {
    const Arguments x = load_arguments(call, i);
    write(call, 0, i, is_summable(x) ? sum(x.m, x.b, x.c, x.z) : NAN);
  }
}

// A group of neighbouring lanes that works on one element.
template <int Lanes>
struct LaneGroup {
  int lane;
  unsigned mask;

  __device__ LaneGroup() {
    lane = lane_of_thread() % Lanes;
    const unsigned all = Lanes == warp_size ? 0xffffffffu : (1u << (Lanes % warp_size)) - 1;
    mask = all << (lane_of_thread() - lane);
  }
  __device__ pair from_above(pair x, int step) const {
    return {__shfl_down_sync(mask, x.p, step, Lanes), __shfl_down_sync(mask, x.s, step, Lanes)};
  }
  __device__ pair from_below(pair x, int step) const {
    return {__shfl_up_sync(mask, x.p, step, Lanes), __shfl_up_sync(mask, x.s, step, Lanes)};
  }
  __device__ pair of_lane(pair x, int which) const {
    return {__shfl_sync(mask, x.p, which, Lanes), __shfl_sync(mask, x.s, which, Lanes)};
  }

  // (d)_m / (c)_m: every lane the factors at its places, then a tree. The same in all lanes.
  __device__ scaled prefactor(double m, double b, double c) const {
    scaled x = {1, 0};
    const double d = c - b;
    const index_t count = series::degree(m);
    for (index_t j = lane; j < count; j += Lanes) {
      x.value *= (d + double(j)) / (c + double(j));
      series::normalise(x);
      if (x.value == 0 || x.value != x.value) break;
    }
    for (int step = 1; step < Lanes; step *= 2) {
      x.value *= __shfl_xor_sync(mask, x.value, step, Lanes);
      x.exponent += __shfl_xor_sync(mask, x.exponent, step, Lanes);
      series::normalise(x);
    }
    return x;
  }
};

// Eight neighbouring ratios to each of 8 lanes, then a tree: LaneTile of series_lanes.h.
struct TreeTile {
  static constexpr int lanes = 8, per_lane = 8, terms = lanes * per_lane;

  template <class Terms>
  __device__ static pair sum(const LaneGroup<lanes>& group, const Terms& ratios, index_t first,
                             index_t count) {
    pair x = {1, 0};
    for (int j = 0; j < per_lane; ++j) {
      const index_t k = first + group.lane * per_lane + j;
      const double r = k < count ? ratios.ratio(k) : 0.0;
      x = series::join(x, pair{r, r});
    }
    for (int step = 1; step < lanes; step *= 2) x = series::join(x, group.from_above(x, step));
    return group.of_lane(x, 0);
  }
};

// One ratio to each of 32 lanes, inclusive scan: ScanTile of series_lanes.h.
struct ScanTile {
  static constexpr int lanes = 32, terms = 32;

  template <class Terms>
  __device__ static pair sum(const LaneGroup<lanes>& group, const Terms& ratios, index_t first,
                             index_t count) {
    const index_t k = first + group.lane;
    const double r = k < count ? ratios.ratio(k) : 0.0;
    pair x = {r, r};
    for (int step = 1; step < lanes; step *= 2) {
      const pair below = group.from_below(x, step);
      if (group.lane >= step) x = series::join(below, x);
    }
    return group.of_lane(x, lanes - 1);
  }
};

// As sum_tiles of series_lanes.h; all lanes carry the same term and sum.
template <class Tile, class Terms>
__device__ scaled sum_tiles(const LaneGroup<Tile::lanes>& group, const Terms& terms, double m) {
  constexpr double big = 4294967296.0;
  const index_t count = series::degree(m);
  double term = 1;
  scaled sum = {1, 0};
  for (index_t k = 0; k < count; k += Tile::terms) {
    const pair tile = Tile::sum(group, terms, k, count);
    sum.value += term * tile.s;
    term *= tile.p;
    while (sum.value > big) {
      if (!(sum.value - sum.value == 0)) return sum;  // overflow inside a tile: inf as it stands
      sum.value /= big;
      term /= big;
      sum.exponent += 32;
    }
    if (sum.value != sum.value || terms.done(term, sum.value, k + Tile::terms)) break;
  }
  return sum;
}

template <class Tile>
__device__ double sum_in_lanes(const Call& call, const LaneGroup<Tile::lanes>& group,
                               const Arguments& x) {
  const series::ReflectedTerms<double> terms(x.m, x.b, x.c, x.z);
  scaled front = {call.front_value, call.front_exponent};
  scaled sum;
  if (call.ratio == nullptr) {
    front = group.prefactor(x.m, x.b, x.c);
    sum = sum_tiles<Tile>(group, terms, x.m);
  } else {
    const series::StoredTerms<double> stored = {terms, call.ratio, call.ratio_count};
    sum = sum_tiles<Tile>(group, stored, x.m);
  }
  return series::unscale(front.value * sum.value, front.exponent + sum.exponent);
}

template <class Tile>
__device__ void run_in_lanes(const Call& call) {
  const LaneGroup<Tile::lanes> group;
  const index_t step = all_threads() / Tile::lanes;
  for (index_t i = first_thread() / Tile::lanes; i < call.count; i += step) {
    const Arguments x = load_arguments(call, i);
    const double value = is_summable(x) ? sum_in_lanes<Tile>(call, group, x) : NAN;
    if (group.lane == 0) write(call, 0, i, value);
  }
}

}  // namespace gpu
}  // namespace hypgeo
