// The published GPU kernels by name.
#include "baselines.cuh"

HYPGEO_KERNEL(hypgeo_direct) {
  hypgeo::gpu::run_sequential<hypgeo::portable::direct<double>>(call);
}
HYPGEO_KERNEL(hypgeo_reflected_auto) {
  hypgeo::gpu::run_sequential<hypgeo::portable::reflected_auto<double>>(call);
}
HYPGEO_KERNEL(hypgeo_reflected) {
  hypgeo::gpu::run_sequential<hypgeo::portable::reflected<double>>(call);
}
HYPGEO_KERNEL(hypgeo_parallel) { hypgeo::gpu::run_in_lanes<hypgeo::gpu::TreeTile>(call); }
HYPGEO_KERNEL(hypgeo_scan) { hypgeo::gpu::run_in_lanes<hypgeo::gpu::ScanTile>(call); }
