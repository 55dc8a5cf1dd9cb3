// Which elements of a block the kernels take, and which get their value in another way.
#pragma once

#include <cfloat>
#include <cstdint>
#include <limits>

#include "block.h"

namespace hypgeo {

// Finite, <= 0 and integer; every double of at least 2^52 in size is an integer.
inline bool is_nonpositive_integer(double x) {
  if (!(x <= 0 && x >= -DBL_MAX)) return false;
  return x <= -4503599627370496.0 || x == static_cast<double>(static_cast<std::int64_t>(x));
}

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

// Elements of a block.
struct Patches {
  npy_intp index[kBlock];
  npy_intp count = 0;

  void add(npy_intp i) { index[count++] = i; }
};

struct Exceptions {
  Patches nans, nonterminating;
  Patches ended_by_b;  // the kernels take these
};

// block.m holds a and becomes the degree. Elements that the kernels must not see become
// F(0, 1; 1; 0) = 1.
inline void classify_block(Block& block, npy_intp n, Exceptions& found) {
  for (npy_intp i = 0; i < n; ++i) {
    const double a = block.m[i];
    const Kind kind = classify(a, block.b[i], block.c[i], block.z[i], block.m[i]);
    if (kind == Kind::terminating) {
      if (block.m[i] != -a) found.ended_by_b.add(i);
      continue;
    }
    (kind == Kind::nan ? found.nans : found.nonterminating).add(i);
    block.m[i] = 0;
    block.b[i] = block.c[i] = 1;
    block.z[i] = 0;
  }
}

inline void put_nan(const Patches& patches, double* out) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (npy_intp j = 0; j < patches.count; ++j) out[patches.index[j]] = kNan;
}

}  // namespace hypgeo
