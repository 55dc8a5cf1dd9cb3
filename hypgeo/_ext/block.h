// Blocks of contiguous doubles between strided NumPy operands and the kernels.
#pragma once

#include <cfloat>
#include <cstdint>

#include "python.h"

namespace hypgeo {

constexpr npy_intp kBlock = 256;  // 5 arrays of 2 KiB: stays in L1

struct Block {
  double m[kBlock], b[kBlock], c[kBlock], z[kBlock], out[kBlock];
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

// Finite, <= 0 and integer; every double of at least 2^52 in size is an integer.
inline bool is_nonpositive_integer(double x) {
  if (!(x <= 0 && x >= -DBL_MAX)) return false;
  return x <= -4503599627370496.0 || x == static_cast<double>(static_cast<std::int64_t>(x));
}

// Outside the domains of the kernels NaN says that the digits are not there; SciPy's recurrence may
// have them, up to the degree where it gives up.
constexpr double kScipyDegree = 10000;
inline bool is_for_scipy(double m, double value) { return value != value && m <= kScipyDegree; }

enum class Kind { terminating, nonterminating, nan };

// On Kind::terminating, m is the degree and b the other upper parameter. Of two nonpositive
// integers the one nearer to zero ends the series.
inline Kind classify(double a, double& b, double c, double z, double& m) {
  if (a != a || b != b || c != c || z != z) return Kind::nan;
  const bool a_ends = is_nonpositive_integer(a), b_ends = is_nonpositive_integer(b);
  if (!a_ends && !b_ends) return Kind::nonterminating;
  if (a_ends && (!b_ends || a >= b)) {
    m = 0.0 - a;  // not -a: that would make a = 0 a negative zero
  } else {
    m = 0.0 - b;
    b = a;
  }
  return Kind::terminating;
}

}  // namespace hypgeo
