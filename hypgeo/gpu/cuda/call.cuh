// The one argument of every kernel: where its operands lie, and how it reads and writes them.
//
// hypgeo/gpu/_call.py builds it; the layout is checked against `call_layout` there.
#pragma once
#include <cmath>

#include "device.cuh"
#include "hypgeo/csrc/plan_view.h"

namespace hypgeo {
namespace gpu {

using index_t = long long;  // more than 2^31 elements

constexpr int most_dimensions = 12;  // after neighbouring ones have been joined
constexpr int most_results = 5;

enum element_type : int { constant = 0, float64 = 1, float32 = 2, int64 = 3, int32 = 4 };

// A strided array that broadcasts by strides of 0, or a number.
struct Operand {
  const char* data;
  double value;  // of a constant
  index_t stride[most_dimensions];  // in bytes
  int type;
  int unused;
};

struct Call {
  index_t count;  // elements of the result, which is contiguous
  index_t shape[most_dimensions];
  Operand in[4];  // a, b, c, z
  Operand weight;  // of the results, with `scale`; a constant: none
  double scale;
  void* out[most_results];  // nullptr where not asked for
  PlanView plan;
  index_t rows;  // of the plan
  const double* ratio;  // parallel_precomputed
  index_t ratio_count;
  double front_value;
  index_t front_exponent;
  unsigned* missing;  // to each `run` neighbouring elements whether any of them is missing
  index_t run;
  int dimensions;
  int out_type;        // float64 or float32
  int degree_sign;     // -1 where in[0] is a, 1 where it is m = -a
  int tile;            // elements a block sorts at a time
  int only_missing;    // leave results alone that are not NaN
  int unused;
};

__device__ inline double read(const Operand& x, index_t offset) {
  switch (x.type) {
    case constant: return x.value;
    case float64: return *reinterpret_cast<const double*>(x.data + offset);
    case float32: return double(*reinterpret_cast<const float*>(x.data + offset));
    case int64: return double(*reinterpret_cast<const index_t*>(x.data + offset));
    default: return double(*reinterpret_cast<const int*>(x.data + offset));
  }
}

// Calls add(d, k) for each place k of element i in dimension d.
template <class Add>
__device__ inline void for_places(const Call& call, index_t i, const Add& add) {
  for (int d = call.dimensions - 1; d >= 0; --d) {
    index_t k = i;
    if (d > 0) {
      // Division of 64-bit integers is a long subroutine, that of 32-bit ones a few instructions.
      const bool narrow = ((i | call.shape[d]) >> 32) == 0;
      const index_t left =
          narrow ? index_t(unsigned(i) / unsigned(call.shape[d])) : i / call.shape[d];
      k = i - left * call.shape[d];
      i = left;
    }
    add(d, k);
  }
}

// Where element i of the result lies in each operand.
struct Offsets {
  index_t at[4];
};

__device__ inline Offsets offsets_of(const Call& call, index_t i) {
  Offsets o = {{0, 0, 0, 0}};
  for_places(call, i, [&](int d, index_t k) {
    for (int j = 0; j < 4; ++j) o.at[j] += k * call.in[j].stride[d];
  });
  return o;
}

__device__ inline double weighted(const Call& call, index_t i, double value) {
  if (call.weight.type == constant) return value;
  index_t at = 0;
  for_places(call, i, [&](int d, index_t k) { at += k * call.weight.stride[d]; });
  return value * (call.scale * read(call.weight, at));
}

// The only rounding of float32 results.
__device__ inline void write(const Call& call, int result, index_t i, double value) {
  if (call.out[result] == nullptr) return;
  const double x = weighted(call, i, value);
  if (call.out_type == float64) {
    static_cast<double*>(call.out[result])[i] = x;
  } else {
    static_cast<float*>(call.out[result])[i] = float(x);
  }
}

// Of the first result that is asked for.
__device__ inline double read_back(const Call& call, index_t i) {
  int first = 0;
  while (call.out[first] == nullptr) ++first;
  if (call.out_type == float64) return static_cast<const double*>(call.out[first])[i];
  return double(static_cast<const float*>(call.out[first])[i]);
}

struct Arguments {
  double m, b, c, z;
  bool is_terminating;
  bool ended_by_b;
};

// Finite, <= 0 and an integer.
__device__ inline bool is_nonpositive_integer(double x) {
  return x <= 0 && x - x == 0 && x == std::floor(x);
}

// Of two nonpositive integers the one nearer to zero ends the series (hypgeo/_ext/classify.h).
__device__ inline Arguments load_arguments(const Call& call, index_t i) {
  const Offsets o = offsets_of(call, i);
  const double first = read(call.in[0], o.at[0]), a = call.degree_sign < 0 ? first : -first;
  const double b = read(call.in[1], o.at[1]);
  Arguments x = {0, b, read(call.in[2], o.at[2]), read(call.in[3], o.at[3]), false, false};
  if (a != a || b != b || x.c != x.c || x.z != x.z) return x;
  const bool a_ends = is_nonpositive_integer(a), b_ends = is_nonpositive_integer(b);
  x.is_terminating = a_ends || b_ends;
  x.ended_by_b = b_ends && !(a_ends && a >= b);
  x.m = 0.0 - (x.ended_by_b ? b : a);  // not a negative zero
  if (x.ended_by_b) x.b = a;
  return x;
}

}  // namespace gpu
}  // namespace hypgeo
