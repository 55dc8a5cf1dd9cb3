// log|F| and the sign of F.
#include "operations.cuh"

HYPGEO_KERNEL(hypgeo_log) { hypgeo::gpu::run_operation<hypgeo::gpu::Logarithm>(call, false); }
