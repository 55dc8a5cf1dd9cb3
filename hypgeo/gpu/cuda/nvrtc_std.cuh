// Stands for the standard headers where NVRTC compiles the kernels: it has none of its own, but knows
// the functions.
#pragma once

namespace std {

using size_t = decltype(sizeof(0));
using int64_t = long long;
using uint64_t = unsigned long long;

using ::atan2;
using ::ceil;
using ::cos;
using ::exp;
using ::exp2;
using ::fabs;
using ::floor;
using ::fma;
using ::fmod;
using ::frexp;
using ::hypot;
using ::ldexp;
using ::lgamma;
using ::log;
using ::log1p;
using ::log2;
using ::memcpy;
using ::nearbyint;
using ::nextafterf;
using ::sin;
using ::sqrt;

__device__ inline bool isfinite(double x) { return x - x == 0.0; }
__device__ inline bool isinf(double x) { return x == x && x - x != 0.0; }

template <class A, class B>
struct is_same {
  static constexpr bool value = false;
};
template <class A>
struct is_same<A, A> {
  static constexpr bool value = true;
};

// Code for hosts is read, as if it were for the device, but never used.
template <class T>
struct vector {
  const T* data() const;
};

}  // namespace std

#define HUGE_VAL __builtin_bit_cast(double, 0x7ff0000000000000ULL)
#define HUGE_VALF __builtin_bit_cast(float, 0x7f800000U)
#define NAN __builtin_bit_cast(float, 0x7fc00000U)

#define thread_local static
