// F where everything varies, and the elements that other kernels have left out.
#include "operations.cuh"

HYPGEO_KERNEL(hypgeo_value) {
  hypgeo::gpu::run_operation<hypgeo::gpu::Value>(call, false);
}
