// Enough of CUDA for g++ to compile the GPU kernels as they stand and run them on a CPU.
//
// Every thread of a block is a fibre with a stack of its own; blocks run one after the other. A
// fibre gives way at barriers and shuffles only, and in an order that the caller chooses: a missing
// barrier makes results depend on it.
#pragma once
#include <ucontext.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#define HYPGEO_EMULATED_DEVICE 1
#define __global__
#define __device__
#define __shared__ static

struct dim3_of_thread {
  unsigned x;
};
inline dim3_of_thread threadIdx, blockIdx, blockDim, gridDim;

namespace emulated {

constexpr int most_threads = 1024, lanes_of_warp = 32;
constexpr std::size_t stack_bytes = 256 * 1024, most_shared = 256 * 1024;

enum class order { forward, backward, shuffled };

struct fibre {
  ucontext_t context;
  std::vector<char> stack;
  bool done = true;
  int waiting = 0;     // barriers of the block passed
  int exchanges = 0;   // barriers of the warp passed
  std::uint64_t slot = 0;
};

struct device {
  fibre fibres[most_threads];
  ucontext_t scheduler;
  int threads = 0, current = 0;
  unsigned char* shared = nullptr;
  void (*body)(const void*) = nullptr;
  const void* argument = nullptr;
};
inline device& gpu() {
  static device d;
  return d;
}
inline unsigned char* dynamic_shared() { return gpu().shared; }

inline void give_way() { swapcontext(&gpu().fibres[gpu().current].context, &gpu().scheduler); }

inline void entry() {
  device& d = gpu();
  d.body(d.argument);
  d.fibres[d.current].done = true;
}

// Whether all threads of the mask (of a warp, or of the block) have come as far, or have ended.
template <class Count>
bool all_at(int first, int count, std::uint32_t mask, Count passed, int wanted) {
  for (int i = 0; i < count; ++i) {
    if (!((mask >> (i % lanes_of_warp)) & 1)) continue;
    const fibre& f = gpu().fibres[first + i];
    if (!f.done && passed(f) < wanted) return false;
  }
  return true;
}

inline void block_barrier() {
  device& d = gpu();
  const int wanted = ++d.fibres[d.current].waiting;
  while (!all_at(0, d.threads, ~0u, [](const fibre& f) { return f.waiting; }, wanted)) give_way();
}

inline void warp_barrier(std::uint32_t mask) {
  device& d = gpu();
  const int first = d.current / lanes_of_warp * lanes_of_warp;
  const int wanted = ++d.fibres[d.current].exchanges;
  const int count = d.threads - first < lanes_of_warp ? d.threads - first : lanes_of_warp;
  while (!all_at(first, count, mask, [](const fibre& f) { return f.exchanges; }, wanted)) give_way();
}

// The value of lane `from` of the warp: all put theirs, all look, all go on.
template <class T>
T exchange(std::uint32_t mask, T x, int from) {
  static_assert(sizeof(T) <= sizeof(std::uint64_t), "a slot holds eight bytes");
  device& d = gpu();
  const int first = d.current / lanes_of_warp * lanes_of_warp;
  std::memcpy(&d.fibres[d.current].slot, &x, sizeof x);
  warp_barrier(mask);
  std::memcpy(&x, &d.fibres[first + from].slot, sizeof x);
  warp_barrier(mask);
  return x;
}

inline void run_block(int block, int threads, order how) {
  device& d = gpu();
  blockIdx.x = unsigned(block);
  std::memset(d.shared, 0xff, most_shared);  // NaN
  for (int i = 0; i < threads; ++i) {
    fibre& f = d.fibres[i];
    if (f.stack.empty()) f.stack.resize(stack_bytes);
    f.done = false;
    f.waiting = f.exchanges = 0;
    getcontext(&f.context);
    f.context.uc_stack.ss_sp = f.stack.data();
    f.context.uc_stack.ss_size = stack_bytes;
    f.context.uc_link = &d.scheduler;
    makecontext(&f.context, entry, 0);
  }
  unsigned random = 12345;
  for (int left = threads; left > 0;) {
    left = 0;
    for (int k = 0; k < threads; ++k) {
      random = random * 1664525u + 1013904223u;
      const int i = how == order::forward    ? k
                    : how == order::backward ? threads - 1 - k
                                             : int((random >> 8) % unsigned(threads));
      if (d.fibres[i].done) continue;
      d.current = i;
      threadIdx.x = unsigned(i);
      swapcontext(&d.scheduler, &d.fibres[i].context);
    }
    for (int k = 0; k < threads; ++k) left += d.fibres[k].done ? 0 : 1;
  }
}

inline void launch(void (*body)(const void*), const void* argument, int blocks, int threads,
                   order how) {
  device& d = gpu();
  static std::vector<unsigned char> shared(most_shared + 16);
  d.shared = shared.data() + (16 - reinterpret_cast<std::uintptr_t>(shared.data()) % 16) % 16;
  d.threads = threads;
  d.body = body;
  d.argument = argument;
  blockDim.x = unsigned(threads);
  gridDim.x = unsigned(blocks);
  for (int block = 0; block < blocks; ++block) run_block(block, threads, how);
}

}  // namespace emulated

inline void __syncthreads() { emulated::block_barrier(); }
inline void __syncwarp(unsigned mask = 0xffffffffu) { emulated::warp_barrier(mask); }

inline int atomicAdd(int* at, int x) {
  const int old = *at;
  *at += x;
  return old;
}

inline int lane_in_warp() { return emulated::gpu().current % emulated::lanes_of_warp; }

template <class T>
T __shfl_sync(unsigned mask, T x, int source, int width = 32) {
  const int first = lane_in_warp() / width * width;
  return emulated::exchange(mask, x, first + source % width);
}
template <class T>
T __shfl_down_sync(unsigned mask, T x, unsigned delta, int width = 32) {
  const int lane = lane_in_warp(), in_group = lane % width, from = in_group + int(delta);
  return emulated::exchange(mask, x, from < width ? lane + int(delta) : lane);
}
template <class T>
T __shfl_up_sync(unsigned mask, T x, unsigned delta, int width = 32) {
  const int lane = lane_in_warp(), in_group = lane % width;
  return emulated::exchange(mask, x, in_group >= int(delta) ? lane - int(delta) : lane);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T x, int with, int = 32) {
  return emulated::exchange(mask, x, lane_in_warp() ^ with);
}
