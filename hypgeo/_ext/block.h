// Blocks of contiguous doubles between strided NumPy operands and the kernels.
#pragma once

#include "hypgeo/csrc/dispatch.h"
#include "python.h"

namespace hypgeo {

constexpr npy_intp kBlock = 256;  // 2 KiB an array: what an operation uses of these stays in L1
constexpr int kMostOutputs = derivative_count;

struct Block {
  double m[kBlock], b[kBlock], c[kBlock], z[kBlock], out[kMostOutputs][kBlock];
};

// Of a ufunc loop: inputs, then outputs, with the bytes from one element to the next.
struct Operands {
  char** args;
  const npy_intp* steps;

  char* at(int operand, npy_intp i) const { return args[operand] + i * steps[operand]; }
};

template <class T>
inline double load(const char* base, npy_intp stride, npy_intp i) {
  return static_cast<double>(*reinterpret_cast<const T*>(base + i * stride));
}

template <class T>
inline void load_block(const char* base, npy_intp stride, npy_intp n, double* to) {
  for (npy_intp i = 0; i < n; ++i) to[i] = load<T>(base, stride, i);
}

// The only rounding of the float32 loops.
template <class T>
inline void store_block(const double* from, npy_intp n, char* base, npy_intp stride) {
  for (npy_intp i = 0; i < n; ++i) *reinterpret_cast<T*>(base + i * stride) = static_cast<T>(from[i]);
}

}  // namespace hypgeo
