// ufunc loops over (a, b, c, z) -> out; `data` points to an Evaluation.
#pragma once

#include <cstddef>

#include "python.h"

namespace hypgeo {

struct Evaluation {
  // Terminating parameters only: m, b, c, z, out, n. May throw std::bad_alloc.
  void (*eval)(const double*, const double*, const double*, const double*, double*, std::size_t);
  bool is_public;  // hyp2f1 itself: plans for long runs, SciPy where nothing terminates
};

void loop_float64(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data);
void loop_float32(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data);

}  // namespace hypgeo
