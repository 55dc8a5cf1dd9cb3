// What the glue may call: one table of functions for each instruction set, all with the same text.
#pragma once
#include <cstddef>

#include "plan_table.h"

namespace hypgeo {

// All pointers are to contiguous doubles; m holds nonnegative integers (any finite m >= 0 works).
using Evaluate = void (*)(const double* m, const double* b, const double* c, const double* z,
                          double* out, std::size_t n);

struct Kernels {
  const char* name;
  Evaluate eval;
  Evaluate quadrature;
  // False where no table is worth having: call eval instead.
  bool (*plan_build)(double m, double b, double c, PlanTable* out);
  void (*plan_eval)(const PlanTable* plan, const double* z, double* out, std::size_t n);
};

const Kernels& kernels();

}  // namespace hypgeo
