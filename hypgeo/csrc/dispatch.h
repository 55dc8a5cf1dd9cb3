// What the glue may call: one table of functions for each instruction set, all with the same text.
#pragma once
#include <cstddef>

#include "plan_table.h"

namespace hypgeo {

// All pointers are to contiguous doubles; m holds nonnegative integers (any finite m >= 0 works).
using Evaluate = void (*)(const double* m, const double* b, const double* c, const double* z,
                          double* out, std::size_t n);

// Two results to each element: the logarithm of |F| and the sign of F, or F and a bound of its error.
using EvaluatePair = void (*)(const double* m, const double* b, const double* c, const double* z,
                              double* first, double* second, std::size_t n);

// F and its derivatives d/db, d/dc, d/dz, d2/dz2; nullptr for those that are not asked for.
constexpr int derivative_count = 5;
using EvaluateDerivatives = void (*)(const double* m, const double* b, const double* c,
                                     const double* z, double* const (&out)[derivative_count],
                                     std::size_t n);

using EvaluateComplex = void (*)(const double* m, const double* b, const double* c,
                                 const double* z_real, const double* z_imag, double* real,
                                 double* imag, std::size_t n);

struct Kernels {
  const char* name;
  Evaluate eval;
  Evaluate quadrature;
  Evaluate minus_one;
  Evaluate which;  // not F but the number of its method, see which.h
  EvaluatePair log;
  EvaluatePair with_error;
  EvaluateDerivatives derivatives;
  EvaluateComplex complex;
  // False where no table is worth having: call eval instead.
  bool (*plan_build)(double m, double b, double c, PlanTable* out);
  void (*plan_eval)(const PlanTable* plan, const double* z, double* out, std::size_t n);
};

const Kernels& kernels();

}  // namespace hypgeo
