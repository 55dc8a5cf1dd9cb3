// The kernels built with AVX-512 F, DQ and VL (flags in CMakeLists.txt).
#define HYPGEO_ISA_NS avx512
#include "hypgeo/csrc/kernels.h"
