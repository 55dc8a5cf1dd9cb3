// ufunc loops over real (a, b, c, z) -> out...; `data` points to an Operation.
#pragma once

#include "python.h"

namespace hypgeo {

void loop_float64(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data);
void loop_float32(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data);

}  // namespace hypgeo
