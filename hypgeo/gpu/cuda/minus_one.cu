// F - 1.
#include "operations.cuh"

HYPGEO_KERNEL(hypgeo_minus_one) {
  hypgeo::gpu::run_operation<hypgeo::gpu::MinusOne>(call, false);
}
