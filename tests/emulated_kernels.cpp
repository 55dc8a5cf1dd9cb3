// All GPU kernels in one shared library for the CPU; tests/emulated.py builds and calls it.
#include "emulated_device.h"
// Comes first: it replaces the words of CUDA.
#include "hypgeo/gpu/cuda/baselines.cu"
#include "hypgeo/gpu/cuda/derivatives.cu"
#include "hypgeo/gpu/cuda/logarithm.cu"
#include "hypgeo/gpu/cuda/minus_one.cu"
#include "hypgeo/gpu/cuda/plan.cu"
#include "hypgeo/gpu/cuda/value.cu"
#include "hypgeo/gpu/cuda/with_error.cu"

using hypgeo::gpu::Call;
using Kernel = void (*)(Call);

struct Started {
  Kernel kernel;
  const Call* call;
};

extern "C" void start_kernel(Kernel kernel, const Call* call, int blocks, int threads, int order) {
  const Started started = {kernel, call};
  const auto body = [](const void* x) {
    const auto* s = static_cast<const Started*>(x);
    s->kernel(*s->call);
  };
  emulated::launch(body, &started, blocks, threads, emulated::order(order));
}

extern "C" std::size_t call_bytes() { return sizeof(Call); }

extern "C" void offsets(const Call* call, long long i, long long* out) {
  const hypgeo::gpu::Offsets o = hypgeo::gpu::offsets_of(*call, i);
  for (int k = 0; k < 4; ++k) out[k] = o.at[k];
}
