// What the kernels compute of one element: F, F - 1, log|F| and the sign, F and its error, and the
// derivatives.
#pragma once
#include "hypgeo/csrc/element.h"
#include "tiles.cuh"

namespace hypgeo {
namespace gpu {

namespace kernel = portable;

// Points of the trapezoidal rule where b is one number for the whole call; a thread makes each side.
__device__ inline const kernel::shared_nodes* nodes_of(const Call& call, bool of_moments,
                                                       kernel::shared_nodes& nodes) {
  const double b = call.in[1].value;
  if (call.in[1].type != constant || !(b > 0 && b <= kernel::gamma_like_up_to)) return nullptr;
  if (threadIdx.x == 0) {
    if (of_moments) {
      kernel::make_moment_nodes(b, nodes);
    } else {
      kernel::make_shared_nodes(b, b < kernel::raise_b_below ? b + 1 : b, nodes);
    }
  }
  __syncthreads();
  return &nodes;
}

// A result is missing where it is NaN and no argument is.
__device__ inline bool is_wanted(const Call& call, index_t i) {
  if (!call.only_missing) return true;
  const double old = read_back(call, i);
  return old != old;
}

// Terms of the series grow with m z, and so do, less so, the points of the quadratures.
__device__ inline int length_of(const Arguments& x) {
  const double size = std::fabs(x.z), mz = x.m * (size < 1 ? size : 1.0);
  return mz < 8 ? 0 : mz < 20 ? 1 : mz < 40 ? 2 : 3;
}

template <class Derived>
struct Operation {
  static constexpr int bins = int(kernel::route::outside) + 1;
  const kernel::shared_nodes* nodes;

  __device__ int key_of(const Call& call, index_t i) const {
    if (!is_wanted(call, i)) return -1;
    const Arguments x = load_arguments(call, i);
    const kernel::route nothing = kernel::route::undefined;
    const kernel::route r = x.is_terminating ? kernel::best_route(x.m, x.b, x.c, x.z) : nothing;
    return int(r) * lengths + length_of(x);
  }
  // Shared points are for the b of the call, not for an a that has taken its place.
  __device__ const kernel::shared_nodes* nodes_for(const Arguments& x) const {
    return x.ended_by_b ? nullptr : nodes;
  }
  __device__ void run(const Call& call, int bin, index_t i) const {
    const Arguments x = load_arguments(call, i);
    static_cast<const Derived*>(this)->finish(call, kernel::route(bin), x, i);
  }
};

struct Value : Operation<Value> {
  __device__ void finish(const Call& call, kernel::route r, const Arguments& x, index_t i) const {
    write(call, 0, i, kernel::element_value(r, x.m, x.b, x.c, x.z, nodes_for(x)));
  }
};

struct MinusOne : Operation<MinusOne> {
  __device__ void finish(const Call& call, kernel::route r, const Arguments& x, index_t i) const {
    write(call, 0, i, kernel::element_minus_one(r, x.m, x.b, x.c, x.z, nodes_for(x)));
  }
};

struct Logarithm : Operation<Logarithm> {
  __device__ void finish(const Call& call, kernel::route r, const Arguments& x, index_t i) const {
    const kernel::signed_log l = kernel::element_log(r, x.m, x.b, x.c, x.z, nodes_for(x));
    write(call, 0, i, l.log);
    write(call, 1, i, l.sign);
  }
};

// The error covers the rounding of the value to float32, and is rounded up itself.
struct WithError : Operation<WithError> {
  __device__ void finish(const Call& call, kernel::route r, const Arguments& x, index_t i) const {
    const kernel::value_and_error e = kernel::element_with_error(r, x.m, x.b, x.c, x.z, nodes_for(x));
    write(call, 0, i, e.value);
    double error = e.error;
    if (call.out_type != float64) {
      const double rounding = std::fabs(double(float(e.value)) - e.value);
      if (e.value - e.value == 0.0) error += rounding;
      float nearest = float(error);
      if (double(nearest) < error) nearest = std::nextafterf(nearest, HUGE_VALF);
      error = double(nearest);
    }
    write(call, 1, i, error);
  }
};

struct Derivatives {
  static constexpr int bins = int(kernel::lone_jet::elsewhere) + 1;
  const kernel::shared_nodes* nodes;

  __device__ int key_of(const Call& call, index_t i) const {
    if (!is_wanted(call, i)) return -1;
    const Arguments x = load_arguments(call, i);
    const int nothing = int(kernel::lone_jet::undefined);
    const int r = x.is_terminating ? kernel::jet_route(x.m, x.b, x.c, x.z) : nothing;
    return r * lengths + length_of(x);
  }
  // A degree has no derivative: F_b is NaN where b ends the series.
  __device__ void run(const Call& call, int bin, index_t i) const {
    const Arguments x = load_arguments(call, i);
    const kernel::shared_nodes* shared = x.ended_by_b ? nullptr : nodes;
    const bool whole = call.out[1] != nullptr || call.out[4] != nullptr;
    const kernel::jet<double> j = kernel::element_jet(bin, x.m, x.b, x.c, x.z, shared, whole);
    write(call, 0, i, j.value);
    write(call, 1, i, x.ended_by_b ? NAN : j.d_b);
    write(call, 2, i, j.d_c);
    write(call, 3, i, j.d_z);
    write(call, 4, i, j.d_zz);
  }
};

template <class Operation>
__device__ void run_operation(const Call& call, bool of_moments) {
  __shared__ kernel::shared_nodes nodes;
  Operation operation;
  operation.nodes = nodes_of(call, of_moments, nodes);
  run_tiles(call, operation);
}

}  // namespace gpu
}  // namespace hypgeo
