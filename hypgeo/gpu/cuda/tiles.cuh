// Elements that take different methods, in warps of one method each.
//
// A block takes a tile of neighbouring elements, asks which method each of them needs, and sorts
// their numbers by method in shared memory (counting sort), methods padded to whole warps. So the
// threads of a warp run the same code; what is left of divergence is the number of terms or points.
// No element depends on another: the order in which a queue is filled does not change a bit.
#pragma once
#include "call.cuh"

namespace hypgeo {
namespace gpu {

constexpr int tile_threads = 128;
constexpr int most_tile = 2048;

template <int Bins>
struct Queue {
  static constexpr int capacity = most_tile + Bins * warp_size;
  short element[capacity];  // number in the tile, or -1
  int count[Bins + 1], start[Bins + 1];
  int next_chunk;
};

// Where each bin starts, in whole warps; its counter is ready to fill it.
template <int Bins>
__device__ void lay_out(Queue<Bins>& queue) {
  int at = 0;
  for (int bin = 0; bin < Bins; ++bin) {
    queue.start[bin] = at;
    at += (queue.count[bin] + warp_size - 1) / warp_size * warp_size;
    queue.count[bin] = 0;
  }
  queue.start[Bins] = at;
  queue.next_chunk = 0;
}

// Operation: bins, bin_of(arguments) (a number below bins, or -1: leave alone), run(call, bin, i).
template <class Operation>
__device__ void sort_tile(const Call& call, const Operation& operation, index_t first, int count,
                          Queue<Operation::bins>& queue) {
  constexpr int bins = Operation::bins;
  for (int i = threadIdx.x; i < Queue<bins>::capacity; i += tile_threads) queue.element[i] = -1;
  for (int i = threadIdx.x; i < bins; i += tile_threads) queue.count[i] = 0;
  __syncthreads();
  signed char bin[most_tile / tile_threads];
  for (int k = 0, i = threadIdx.x; i < count; ++k, i += tile_threads) {
    bin[k] = static_cast<signed char>(operation.bin_of(call, first + i));
    if (bin[k] >= 0) atomicAdd(&queue.count[bin[k]], 1);
  }
  __syncthreads();
  if (threadIdx.x == 0) lay_out(queue);
  __syncthreads();
  for (int k = 0, i = threadIdx.x; i < count; ++k, i += tile_threads) {
    if (bin[k] < 0) continue;
    const int slot = queue.start[bin[k]] + atomicAdd(&queue.count[bin[k]], 1);
    queue.element[slot] = static_cast<short>(i);
  }
  __syncthreads();
}

// The warps take the next 32 elements whenever they are free.
template <class Operation>
__device__ void run_tile(const Call& call, const Operation& operation, index_t first,
                         Queue<Operation::bins>& queue) {
  constexpr unsigned everyone = 0xffffffffu;
  for (int bin = 0;;) {
    int chunk = 0;
    if (lane_of_thread() == 0) chunk = atomicAdd(&queue.next_chunk, 1);
    chunk = __shfl_sync(everyone, chunk, 0);
    const int at = chunk * warp_size;
    if (at >= queue.start[Operation::bins]) break;
    while (queue.start[bin + 1] <= at) ++bin;
    const int element = queue.element[at + lane_of_thread()];
    if (element >= 0) operation.run(call, bin, first + element);
    __syncwarp();
  }
  __syncthreads();
}

__device__ inline bool is_worth_a_look(const Call& call, index_t first) {
  return call.missing == nullptr || call.missing[first / call.run] != 0;
}

template <class Operation>
__device__ void run_tiles(const Call& call, const Operation& operation) {
  __shared__ Queue<Operation::bins> queue;
  const index_t step = index_t(gridDim.x) * call.tile;
  for (index_t first = index_t(blockIdx.x) * call.tile; first < call.count; first += step) {
    if (!is_worth_a_look(call, first)) continue;
    const index_t left = call.count - first;
    sort_tile(call, operation, first, left < call.tile ? int(left) : call.tile, queue);
    run_tile(call, operation, first, queue);
  }
}

}  // namespace gpu
}  // namespace hypgeo
