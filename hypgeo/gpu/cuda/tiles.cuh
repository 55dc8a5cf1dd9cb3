// Elements that take different methods, in warps of one method each.
//
// A block takes a tile of neighbouring elements, asks which method each of them needs, and sorts
// their numbers by method in shared memory (counting sort), methods padded to whole warps. So the
// threads of a warp run the same code. What is left of divergence is the number of terms or points:
// within a method, elements are sorted by how many are expected. The larger the tile, the fewer warps
// of a rare method have idle threads.
// No element depends on another: the order in which a queue is filled does not change a bit.
#pragma once
#include "call.cuh"

namespace hypgeo {
namespace gpu {

constexpr int tile_threads = 128;
constexpr int most_tile = 8192;
constexpr int tile_blocks = 4;  // of a multiprocessor; 128 registers a thread
constexpr int lengths = 4;      // classes of the number of terms

// Bins are methods; a key is a method and a length.
template <int Bins>
struct Queue {
  static constexpr int capacity = most_tile + Bins * warp_size;
  static constexpr int keys = Bins * lengths;
  static_assert(keys < 128, "a key has to fit into a byte with a sign");
  short element[capacity];  // number in the tile, or -1
  signed char key[most_tile];
  int count[keys], place[keys], start[Bins + 1];
  int next_chunk;
};

// Where each bin starts, in whole warps, and each key in its bin; counters are ready to fill them.
template <int Bins>
__device__ void lay_out(Queue<Bins>& queue) {
  int at = 0;
  for (int bin = 0; bin < Bins; ++bin) {
    queue.start[bin] = at;
    for (int k = bin * lengths; k < (bin + 1) * lengths; ++k) {
      queue.place[k] = at;
      at += queue.count[k];
    }
    at = (at + warp_size - 1) / warp_size * warp_size;
  }
  queue.start[Bins] = at;
  queue.next_chunk = 0;
}

// Operation: bins, key_of(call, i) (bin * lengths + length, or -1: leave alone), run(call, bin, i).
template <class Operation>
__device__ void sort_tile(const Call& call, const Operation& operation, index_t first, int count,
                          Queue<Operation::bins>& queue) {
  using Keys = Queue<Operation::bins>;
  for (int i = threadIdx.x; i < Keys::capacity; i += tile_threads) queue.element[i] = -1;
  for (int i = threadIdx.x; i < Keys::keys; i += tile_threads) queue.count[i] = 0;
  __syncthreads();
  for (int i = threadIdx.x; i < count; i += tile_threads) {
    const int key = operation.key_of(call, first + i);
    queue.key[i] = static_cast<signed char>(key);
    if (key >= 0) atomicAdd(&queue.count[key], 1);
  }
  __syncthreads();
  if (threadIdx.x == 0) lay_out(queue);
  __syncthreads();
  for (int i = threadIdx.x; i < count; i += tile_threads) {
    const int key = queue.key[i];
    if (key >= 0) queue.element[atomicAdd(&queue.place[key], 1)] = static_cast<short>(i);
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

// Whether any of the elements may be missing.
__device__ inline bool is_worth_a_look(const Call& call, index_t first, int count) {
  if (call.missing == nullptr) return true;
  const index_t last = (first + count - 1) / call.run;
  for (index_t run = first / call.run; run <= last; ++run)
    if (call.missing[run] != 0) return true;
  return false;
}

template <class Operation>
__device__ void run_tiles(const Call& call, const Operation& operation) {
  __shared__ Queue<Operation::bins> queue;
  const index_t step = index_t(gridDim.x) * call.tile;
  for (index_t first = index_t(blockIdx.x) * call.tile; first < call.count; first += step) {
    const index_t left = call.count - first;
    const int count = left < call.tile ? int(left) : call.tile;
    if (!is_worth_a_look(call, first, count)) continue;
    sort_tile(call, operation, first, count, queue);
    run_tile(call, operation, first, queue);
  }
}

}  // namespace gpu
}  // namespace hypgeo
