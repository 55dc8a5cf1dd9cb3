// F - 1; log|F| and the sign of F; F and a bound of its error.
#include "operations.cuh"

HYPGEO_KERNEL(hypgeo_minus_one) {
  hypgeo::gpu::run_operation<hypgeo::gpu::MinusOne>(call, false);
}
HYPGEO_KERNEL(hypgeo_log) { hypgeo::gpu::run_operation<hypgeo::gpu::Logarithm>(call, false); }
HYPGEO_KERNEL(hypgeo_with_error) {
  hypgeo::gpu::run_operation<hypgeo::gpu::WithError>(call, false);
}
