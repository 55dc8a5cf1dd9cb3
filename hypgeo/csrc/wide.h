// Floating-point numbers of any precision, as far as the recurrence in the degree needs them: sums,
// and products with doubles. Host only; truncated, not rounded. For the few arguments at which all
// double-double forms cancel.
#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "number.h"

#if defined(__SIZEOF_INT128__) && !defined(HYPGEO_ONE_BY_ONE)
#define HYPGEO_HAS_WIDE 1

HYPGEO_BEGIN

__extension__ typedef unsigned __int128 wide_product;

// ± (limb[0] + limb[1] 2^64 + ...) 2^exponent; the highest bit is set, unless all are zero.
struct wide {
  std::vector<std::uint64_t> limb;
  long long exponent = 0;
  bool negative = false;

  bool is_zero() const { return limb.back() == 0; }
};

inline void shift_up(wide& x, std::size_t words, int bits) {
  for (std::size_t i = x.limb.size(); i-- > 0;) {
    const std::uint64_t high = i >= words ? x.limb[i - words] : 0;
    const std::uint64_t low = i > words ? x.limb[i - words - 1] : 0;
    x.limb[i] = bits == 0 ? high : (high << bits) | (low >> (64 - bits));
  }
  x.exponent -= 64 * static_cast<long long>(words) + bits;
}

inline void normalise(wide& x) {
  std::size_t words = 0;
  const std::size_t n = x.limb.size();
  while (words < n && x.limb[n - 1 - words] == 0) ++words;
  if (words == n) return;
  int bits = 0;
  for (std::uint64_t top = x.limb[n - 1 - words]; (top >> 63) == 0; top <<= 1) ++bits;
  if (words > 0 || bits > 0) shift_up(x, words, bits);
}

inline wide make_wide(double x, std::size_t limbs) {
  wide r;
  r.limb.assign(limbs, 0);
  if (x == 0.0) return r;
  int e;
  r.limb.back() = static_cast<std::uint64_t>(std::ldexp(std::frexp(abs(x), &e), 64));
  r.exponent = e - 64 * static_cast<long long>(limbs);
  r.negative = x < 0.0;
  return r;
}

// x = leading(x) 2^scale(x), but for what a double does not hold.
inline double leading(const wide& x) {
  const std::size_t n = x.limb.size();
  const double low = n > 1 ? static_cast<double>(x.limb[n - 2]) * 0x1p-128 : 0.0;
  const double value = static_cast<double>(x.limb[n - 1]) * 0x1p-64 + low;
  return x.negative ? -value : value;
}
inline long long scale(const wide& x) {
  return x.exponent + 64 * static_cast<long long>(x.limb.size());
}

// The carry of the highest limb, `top`, joins.
inline void take_top(wide& x, std::uint64_t top) {
  if (top == 0) return;
  int bits = 0;
  while (bits < 64 && (top >> bits) != 0) ++bits;
  const std::size_t n = x.limb.size();
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t high = i + 1 < n ? x.limb[i + 1] : top;
    x.limb[i] = bits == 64 ? high : (x.limb[i] >> bits) | (high << (64 - bits));
  }
  x.exponent += bits;
}

inline wide mul(const wide& x, double y) {
  const std::size_t n = x.limb.size();
  if (y == 0.0 || x.is_zero()) return make_wide(0.0, n);
  int e;
  const auto factor = static_cast<std::uint64_t>(std::ldexp(std::frexp(abs(y), &e), 64));
  wide r;
  r.limb.resize(n);
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const wide_product p = static_cast<wide_product>(x.limb[i]) * factor + carry;
    r.limb[i] = static_cast<std::uint64_t>(p);
    carry = static_cast<std::uint64_t>(p >> 64);
  }
  r.exponent = x.exponent + e - 64;
  r.negative = x.negative != (y < 0.0);
  take_top(r, carry);
  return r;
}

// Limb i of x moved down by `bits`.
inline std::uint64_t limb_shifted(const wide& x, std::size_t i, long long bits) {
  const std::size_t words = static_cast<std::size_t>(bits / 64), n = x.limb.size();
  const int rest = static_cast<int>(bits % 64);
  const std::uint64_t low = i + words < n ? x.limb[i + words] : 0;
  const std::uint64_t high = i + words + 1 < n ? x.limb[i + words + 1] : 0;
  return rest == 0 ? low : (low >> rest) | (high << (64 - rest));
}

inline bool less_in_size(const wide& x, const wide& y) {
  if (x.exponent != y.exponent) return x.exponent < y.exponent;
  for (std::size_t i = x.limb.size(); i-- > 0;)
    if (x.limb[i] != y.limb[i]) return x.limb[i] < y.limb[i];
  return false;
}

inline wide add(const wide& x, const wide& y) {
  if (x.is_zero()) return y;
  if (y.is_zero()) return x;
  const bool swap = less_in_size(x, y);
  const wide &high = swap ? y : x, &low = swap ? x : y;
  const long long shift = high.exponent - low.exponent;
  const std::size_t n = high.limb.size();
  if (shift >= 64 * static_cast<long long>(n)) return high;
  const bool subtract = high.negative != low.negative;
  wide r;
  r.limb.resize(n);
  r.exponent = high.exponent;
  r.negative = high.negative;
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t a = high.limb[i], b = limb_shifted(low, i, shift);
    const std::uint64_t s = subtract ? a - b : a + b;
    const std::uint64_t t = subtract ? s - carry : s + carry;
    carry = std::uint64_t(subtract ? (a < b) || (s < carry) : (s < a) || (t < s));
    r.limb[i] = t;
  }
  if (!subtract) {
    take_top(r, carry);
  } else {
    normalise(r);
  }
  return r;
}

HYPGEO_END
#endif
