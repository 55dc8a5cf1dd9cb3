// The kernels built with AVX2, FMA and BMI2 (flags in CMakeLists.txt).
#define HYPGEO_ISA_NS avx2
#include "hypgeo/csrc/kernels.h"
