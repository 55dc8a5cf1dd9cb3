// Builds the table of kernels for one instruction set. Included once by each kernels_*.cpp, which
// defines HYPGEO_ISA_NS and is compiled with the flags of that instruction set.
#pragma once
#include "complex.h"
#include "derivatives.h"
#include "dispatch.h"
#include "evaluate.h"
#include "logarithm.h"
#include "minus_one.h"
#include "plan.h"
#include "which.h"
#include "with_error.h"

#define HYPGEO_STRING_OF(x) #x
#define HYPGEO_STRING(x) HYPGEO_STRING_OF(x)

#ifndef HYPGEO_ONE_BY_ONE  // host only
HYPGEO_BEGIN

#ifdef HYPGEO_HAS_PACK
using widest = pack;
#else
using widest = double;
#endif

extern const Kernels kernel_table;
const Kernels kernel_table = {HYPGEO_STRING(HYPGEO_ISA_NS), evaluate<widest, best_route>,
                              evaluate<widest, quadrature_route>,
                              evaluate_minus_one<widest>,
                              evaluate_which,
                              evaluate_log<widest>,
                              evaluate_with_error<widest>,
                              evaluate_derivatives<widest>,
                              evaluate_complex<widest>,
                              build_plan<widest>,
                              evaluate_plan<widest>};

HYPGEO_END
#endif
