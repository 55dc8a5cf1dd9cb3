// F where everything varies, and the elements that other kernels have left out.
#include "operations.cuh"

HYPGEO_BOUNDED_KERNEL(hypgeo_value, hypgeo::gpu::tile_threads, hypgeo::gpu::tile_blocks) {
  hypgeo::gpu::run_operation<hypgeo::gpu::Value>(call, false);
}
