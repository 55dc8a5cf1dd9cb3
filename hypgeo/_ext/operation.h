// What a ufunc computes of (a, b, c, z).
#pragma once

#include <cstddef>

#include "block.h"
#include "hypgeo/csrc/dispatch.h"
#include "scipy_scalar.h"

namespace hypgeo {

struct Operation {
  using Terminating = EvaluateDerivatives;  // fills any number of the arrays; may throw bad_alloc
  using Other = void (*)(const ScipyScalar& scipy, double a, double b, double c, double z,
                         double* out);

  const char* name;  // of the ufunc in hypgeo._core
  Terminating terminating;
  int outputs;    // of the ufunc: the first of the arrays
  Other other;    // one element that does not terminate; nullptr: NaN
  int in_b = -1;  // output that is a derivative in b: only where a ends the series
  int error = -1;  // output that bounds the error of output 0
  bool is_planned = false;  // tables for long runs of z
};

// Entries of the kernel table with one and with two results.
template <Evaluate Kernels::*entry>
void one_result(const double* m, const double* b, const double* c, const double* z,
                double* const (&out)[kMostOutputs], std::size_t n) {
  (kernels().*entry)(m, b, c, z, out[0], n);
}

template <EvaluatePair Kernels::*entry>
void two_results(const double* m, const double* b, const double* c, const double* z,
                 double* const (&out)[kMostOutputs], std::size_t n) {
  (kernels().*entry)(m, b, c, z, out[0], out[1], n);
}

}  // namespace hypgeo
