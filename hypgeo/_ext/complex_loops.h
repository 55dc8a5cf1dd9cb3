// ufunc loops of hyp2f1 over real a, b, c and complex z.
#pragma once

#include "python.h"

namespace hypgeo {

void loop_complex128(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data);
void loop_complex64(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data);

}  // namespace hypgeo
