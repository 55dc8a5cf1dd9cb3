// Words of CUDA that its emulation on a CPU (tests/emulated_device.h) has to replace.
#pragma once
#include "hypgeo/csrc/macros.h"

#ifdef HYPGEO_EMULATED_DEVICE
#define HYPGEO_DYNAMIC_SHARED(type, name) \
  type* const name = reinterpret_cast<type*>(emulated::dynamic_shared())
#define HYPGEO_KERNEL(name) extern "C" void name(const hypgeo::gpu::Call call)
#define HYPGEO_BOUNDED_KERNEL(name, threads, blocks) HYPGEO_KERNEL(name)
#else
// One array for all kernels of a file: it can be declared with one type only.
#define HYPGEO_DYNAMIC_SHARED(type, name)                       \
  extern __shared__ __align__(16) unsigned char hypgeo_shared[]; \
  type* const name = reinterpret_cast<type*>(hypgeo_shared)
// __grid_constant__: no thread copies the arguments to index them.
#define HYPGEO_KERNEL(name) \
  extern "C" __global__ void name(const __grid_constant__ hypgeo::gpu::Call call)
// With so few registers that this many blocks of so many threads fit into a multiprocessor.
#define HYPGEO_BOUNDED_KERNEL(name, threads, blocks)              \
  extern "C" __global__ void __launch_bounds__(threads, blocks) \
      name(const __grid_constant__ hypgeo::gpu::Call call)
#endif

namespace hypgeo {
namespace gpu {

constexpr int warp_size = 32;

__device__ inline int lane_of_thread() { return int(threadIdx.x) % warp_size; }
__device__ inline int warp_of_thread() { return int(threadIdx.x) / warp_size; }

}  // namespace gpu
}  // namespace hypgeo
