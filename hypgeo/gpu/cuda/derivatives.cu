// F and its derivatives in b, c and z.
#include "operations.cuh"

HYPGEO_KERNEL(hypgeo_derivatives) {
  hypgeo::gpu::run_operation<hypgeo::gpu::Derivatives>(call, true);
}
