// F for fixed a, b, c at many z: the panels of a plan (hypgeo/csrc/plan_panels.h).
//
// The table lies in shared memory where it fits. Threads read rows of their own, which the 32 banks
// serve best if neighbouring rows are spread over all of them: rows of 64 bytes would start at two
// banks only, so their quarters are turned round by half the number of the row.
//
// float32 needs five coefficients: the first in double, for the others float is enough, since they
// are small beside it. What an element costs is these reads.
#pragma once
#include "call.cuh"
#include "hypgeo/csrc/plan_panels.h"

namespace hypgeo {
namespace gpu {

constexpr int plan_threads = 512;
constexpr int plan_unroll = 4;  // elements of a thread in flight

struct alignas(16) two_doubles {
  double x, y;
};
struct alignas(16) four_floats {
  float x, y, z, w;
};

using panel = portable::panel_position<double>;

// All eight coefficients, from global memory.
struct GlobalRows {
  const double* coefficient;
  __device__ double operator()(const panel& at, double z) const {
    double row[plan_terms];
    const two_doubles* from = reinterpret_cast<const two_doubles*>(coefficient + at.row * plan_terms);
    for (int k = 0; k < plan_terms / 2; ++k) {
      const two_doubles pair = from[k];
      row[2 * k] = pair.x;
      row[2 * k + 1] = pair.y;
    }
    return portable::evaluate_row(row, at, z);
  }
};

// The same from shared memory.
struct SharedRows {
  static constexpr int bytes = 64;  // of a row
  const two_doubles* quarter;

  __device__ static int place(int row, int k) { return 4 * row + ((k + (row >> 1)) & 3); }
  __device__ static SharedRows load(const Call& call, two_doubles* to) {
    const two_doubles* from = reinterpret_cast<const two_doubles*>(call.plan.coefficient);
    for (int i = threadIdx.x; i < int(call.rows) * 4; i += plan_threads) to[place(i >> 2, i & 3)] = from[i];
    __syncthreads();
    return {to};
  }
  __device__ double operator()(const panel& at, double z) const {
    double row[plan_terms];
    for (int k = 0; k < plan_terms / 2; ++k) {
      const two_doubles pair = quarter[place(int(at.row), k)];
      row[2 * k] = pair.x;
      row[2 * k + 1] = pair.y;
    }
    return portable::evaluate_row(row, at, z);
  }
};

// What the coefficients left out may add, relative to the first: 2^-3 of a last bit of float32.
constexpr double short_row_rest = 0x1p-27;

// Five coefficients, for float32.
struct ShortRows {
  static constexpr int bytes = 24;
  const four_floats* tail;
  const double* head;

  // NaN, which is completed afterwards, where five are not enough.
  __device__ static double checked_head(const double* row) {
    const double rest = std::fabs(row[5]) + std::fabs(row[6]) + std::fabs(row[7]);
    return rest <= row[0] * short_row_rest ? row[0] : NAN;
  }
  __device__ static ShortRows load(const Call& call, four_floats* tail) {
    double* head = reinterpret_cast<double*>(tail + call.rows);
    for (int i = threadIdx.x; i < int(call.rows); i += plan_threads) {
      const double* row = call.plan.coefficient + index_t(i) * plan_terms;
      head[i] = checked_head(row);
      tail[i] = {float(row[1]), float(row[2]), float(row[3]), float(row[4])};
    }
    __syncthreads();
    return {tail, head};
  }
  __device__ double operator()(const panel& at, double z) const {
    const double first = head[int(at.row)];
    const four_floats c = tail[int(at.row)];
    const float u = float(at.u);
    const float slope = ((c.w * u + c.z) * u + c.y) * u + c.x;
    const double s = first + double(slope * u);
    return at.inside ? (s > 1.0 || z == 0.0 ? 1.0 : s) : NAN;
  }
};

template <class T>
__device__ inline double load_argument(const Call& call, index_t i) {
  const Operand& z = call.in[3];
  if (call.dimensions == 1) return double(*reinterpret_cast<const T*>(z.data + i * z.stride[0]));
  return double(*reinterpret_cast<const T*>(z.data + offsets_of(call, i).at[3]));
}

// Marks what has no panel for the kernel that comes next (value.cu): NaN, but not of a NaN.
template <class Out>
__device__ inline void store_value(const Call& call, index_t i, double value, double z) {
  static_cast<Out*>(call.out[0])[i] = Out(weighted(call, i, value));
  if (value != value && z == z) call.missing[i / call.run] = 1;
}

template <class In, class Out, class Rows>
__device__ void run_plan(const Call& call, const Rows& rows) {
  const index_t block = index_t(plan_threads) * plan_unroll;
  for (index_t start = blockIdx.x * block; start < call.count; start += gridDim.x * block) {
    const index_t first = start + threadIdx.x;
    double z[plan_unroll];
    for (int k = 0; k < plan_unroll; ++k) {
      const index_t i = first + k * plan_threads;
      z[k] = i < call.count ? load_argument<In>(call, i) : 0.0;
    }
    for (int k = 0; k < plan_unroll; ++k) {
      const index_t i = first + k * plan_threads;
      const double value = rows(portable::find_panel(call.plan, z[k]), z[k]);
      if (i < call.count) store_value<Out>(call, i, value, z[k]);
    }
  }
}

}  // namespace gpu
}  // namespace hypgeo
