// Starts a kernel by its name: what the extension of torch calls.
#include <cuda_runtime.h>

#include <cstring>

#include "call.cuh"
#include "launch.h"

#define HYPGEO_KERNELS(X)                                                                    \
  X(hypgeo_value) X(hypgeo_minus_one) X(hypgeo_log) X(hypgeo_with_error) X(hypgeo_derivatives) \
  X(hypgeo_plan_float64) X(hypgeo_plan_float32) X(hypgeo_plan_global_float64)                 \
  X(hypgeo_plan_global_float32) X(hypgeo_direct) X(hypgeo_reflected_auto) X(hypgeo_reflected) \
  X(hypgeo_parallel) X(hypgeo_scan)

#define HYPGEO_DECLARE(name) HYPGEO_KERNEL(name);
HYPGEO_KERNELS(HYPGEO_DECLARE)

namespace {

struct Named {
  const char* name;
  const void* kernel;
};

#define HYPGEO_NAMED(name) {#name, reinterpret_cast<const void*>(&name)},
const Named kernels[] = {HYPGEO_KERNELS(HYPGEO_NAMED)};

const void* find(const char* name) {
  for (const Named& k : kernels)
    if (std::strcmp(k.name, name) == 0) return k.kernel;
  return nullptr;
}

// More than this a kernel has to ask for.
constexpr int usual_shared = 48 * 1024;

cudaError_t launch_here(const void* kernel, const void* call, const hypgeo_grid& grid) {
  if (grid.shared > usual_shared) {
    const cudaError_t error =
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, grid.shared);
    if (error != cudaSuccess) return error;
  }
  void* arguments[] = {const_cast<void*>(call)};
  return cudaLaunchKernel(kernel, dim3(grid.blocks), dim3(grid.threads), arguments, grid.shared,
                          reinterpret_cast<cudaStream_t>(grid.stream));
}

}  // namespace

std::size_t hypgeo_call_bytes() { return sizeof(hypgeo::gpu::Call); }

const char* hypgeo_launch(const char* name, const void* call, const hypgeo_grid& grid) {
  const void* kernel = find(name);
  if (kernel == nullptr) return "there is no kernel of this name";
  int before = 0;
  cudaError_t error = cudaGetDevice(&before);
  if (error == cudaSuccess && before != grid.device) error = cudaSetDevice(grid.device);
  if (error == cudaSuccess) error = launch_here(kernel, call, grid);
  if (before != grid.device) cudaSetDevice(before);
  if (error == cudaSuccess) return nullptr;
  cudaGetLastError();  // not for the next caller
  return cudaGetErrorString(error);
}
