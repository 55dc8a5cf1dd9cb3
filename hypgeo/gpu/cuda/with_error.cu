// F and a bound of its error.
#include "operations.cuh"

HYPGEO_KERNEL(hypgeo_with_error) {
  hypgeo::gpu::run_operation<hypgeo::gpu::WithError>(call, false);
}
