// The number type of the kernels: `double`, or a pack of doubles where the CPU has wide units.
//
// Every kernel is a template on V. V = double is the portable build and the GPU build (one thread
// per element); V = pack evaluates as many elements at once as a vector register holds.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#include "macros.h"

#if defined(__GNUC__) && !defined(__CUDACC__) && (defined(__AVX2__) || defined(__AVX512F__))
#include <immintrin.h>
#define HYPGEO_HAS_PACK 1
#endif

HYPGEO_BEGIN

template <class V>
struct lanes;

template <>
struct lanes<double> {
  using mask = bool;
  using ints = std::int64_t;
  static constexpr int count = 1;
};

// Scalar vocabulary -----------------------------------------------------------------------------

template <class V>
HYPGEO_INLINE V splat(double x);
template <>
HYPGEO_INLINE double splat<double>(double x) {
  return x;
}

HYPGEO_INLINE std::int64_t as_int(double x) {
  std::int64_t i;
  std::memcpy(&i, &x, sizeof i);
  return i;
}
HYPGEO_INLINE double as_real(std::int64_t i) {
  double x;
  std::memcpy(&x, &i, sizeof x);
  return x;
}
HYPGEO_INLINE std::int64_t shift_left(std::int64_t i, int n) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(i) << n);
}
// Logical shift: callers bias the exponent so that the operand is never negative.
HYPGEO_INLINE std::int64_t shift_right(std::int64_t i, int n) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(i) >> n);
}
HYPGEO_INLINE double select(bool p, double a, double b) { return p ? a : b; }
HYPGEO_INLINE bool any(bool p) { return p; }
HYPGEO_INLINE bool all(bool p) { return p; }
HYPGEO_INLINE double sqrt(double x) { return std::sqrt(x); }
HYPGEO_INLINE double abs(double x) { return x < 0 ? -x : x; }
HYPGEO_INLINE double load(const double* p, double) { return *p; }
HYPGEO_INLINE void store(double* p, double x) { *p = x; }

// a b + c, fused where the hardware does it; only where either rounding is good enough.
HYPGEO_INLINE double mul_add(double a, double b, double c) {
#if defined(__FMA__) || defined(__CUDA_ARCH__)
  return std::fma(a, b, c);
#else
  return a * b + c;
#endif
}

#ifdef HYPGEO_HAS_PACK
// Pack vocabulary -------------------------------------------------------------------------------

#if defined(__AVX512F__)
typedef double pack __attribute__((vector_size(64)));
typedef long long pack_int __attribute__((vector_size(64)));
#else
typedef double pack __attribute__((vector_size(32)));
typedef long long pack_int __attribute__((vector_size(32)));
#endif

template <>
struct lanes<pack> {
  using mask = pack_int;
  using ints = pack_int;
  static constexpr int count = sizeof(pack) / sizeof(double);
};

template <>
HYPGEO_INLINE pack splat<pack>(double x) {
  return pack{} + x;
}
HYPGEO_INLINE pack_int as_int(pack x) { return reinterpret_cast<pack_int>(x); }
HYPGEO_INLINE pack as_real(pack_int i) { return reinterpret_cast<pack>(i); }
HYPGEO_INLINE pack_int shift_left(pack_int i, int n) { return i << n; }
HYPGEO_INLINE pack select(pack_int p, pack a, pack b) { return p ? a : b; }
HYPGEO_INLINE pack load(const double* p, pack) {
  pack x;
  std::memcpy(&x, p, sizeof x);
  return x;
}
HYPGEO_INLINE void store(double* p, pack x) { std::memcpy(p, &x, sizeof x); }
HYPGEO_INLINE pack abs(pack x) { return as_real(as_int(x) & 0x7fffffffffffffffLL); }

#if defined(__AVX512F__)
HYPGEO_INLINE pack mul_add(pack a, pack b, pack c) { return _mm512_fmadd_pd(a, b, c); }
HYPGEO_INLINE pack sqrt(pack x) { return _mm512_sqrt_pd(x); }
HYPGEO_INLINE pack_int shift_right(pack_int i, int n) {
  return reinterpret_cast<pack_int>(
      _mm512_srli_epi64(reinterpret_cast<__m512i>(i), static_cast<unsigned>(n)));
}
HYPGEO_INLINE pack gather(const double* t, pack_int i) {
  return _mm512_i64gather_pd(reinterpret_cast<__m512i>(i), t, 8);
}
HYPGEO_INLINE bool any(pack_int p) {
  return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(p), reinterpret_cast<__m512i>(p)) != 0;
}
HYPGEO_INLINE bool all(pack_int p) {
  return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(p), reinterpret_cast<__m512i>(p)) == 0xff;
}
#else
HYPGEO_INLINE pack mul_add(pack a, pack b, pack c) { return _mm256_fmadd_pd(a, b, c); }
HYPGEO_INLINE pack sqrt(pack x) { return _mm256_sqrt_pd(x); }
HYPGEO_INLINE pack_int shift_right(pack_int i, int n) {
  return reinterpret_cast<pack_int>(_mm256_srli_epi64(reinterpret_cast<__m256i>(i), n));
}
HYPGEO_INLINE bool any(pack_int p) { return _mm256_movemask_pd(reinterpret_cast<__m256d>(p)) != 0; }
HYPGEO_INLINE bool all(pack_int p) {
  return _mm256_movemask_pd(reinterpret_cast<__m256d>(p)) == 0xf;
}
#endif
#endif  // HYPGEO_HAS_PACK

// Shared vocabulary -----------------------------------------------------------------------------

template <class V>
using mask_of = typename lanes<V>::mask;
template <class V>
using ints_of = typename lanes<V>::ints;

template <class V>
HYPGEO_INLINE V load(const double* p) {
  return load(p, V{});
}
template <class V>
HYPGEO_INLINE V max(V a, V b) {
  return select(a > b, a, b);
}
template <class V>
HYPGEO_INLINE V min(V a, V b) {
  return select(a < b, a, b);
}

// c[0] + c[1] x + ... + c[N-1] x^(N-1) by Estrin's scheme in groups of four: a third of the latency
// of Horner's rule, which is what bounds loops whose body fills the processor's window.
template <class V, int N, int Start>
HYPGEO_INLINE V group_of_four(const double (&c)[N], V x, V x2) {
  constexpr int left = N - Start;
  const V low = left > 1 ? mul_add(splat<V>(c[Start + (left > 1 ? 1 : 0)]), x, splat<V>(c[Start]))
                         : splat<V>(c[Start]);
  if (left <= 2) return low;
  const V c2 = splat<V>(c[Start + (left > 2 ? 2 : 0)]);
  const V high = left > 3 ? mul_add(splat<V>(c[Start + (left > 3 ? 3 : 0)]), x, c2) : c2;
  return mul_add(high, x2, low);
}
template <class V, int N, int Start>
HYPGEO_INLINE V polynomial_from(const double (&c)[N], V x, V x2, V x4) {
  const V group = group_of_four<V, N, Start>(c, x, x2);
  if constexpr (Start + 4 < N) {
    return mul_add(polynomial_from<V, N, Start + 4>(c, x, x2, x4), x4, group);
  } else {
    return group;
  }
}
template <class V, int N>
HYPGEO_INLINE V polynomial(const double (&c)[N], V x) {
  const V x2 = x * x;
  return polynomial_from<V, N, 0>(c, x, x2, x2 * x2);
}

// out[k] = table[N row + k], a row of N (a multiple of four) to each lane.
template <int N>
HYPGEO_INLINE void load_rows(const double* table, std::int64_t row, double (&out)[N]) {
  for (int k = 0; k < N; ++k) out[k] = table[N * row + k];
}
#if defined(HYPGEO_HAS_PACK) && defined(__AVX512F__)
template <int N>
HYPGEO_INLINE void load_rows(const double* table, pack_int row, pack (&out)[N]) {
  for (int k = 0; k < N; ++k) out[k] = gather(table + k, row * N);
}
#elif defined(HYPGEO_HAS_PACK)
// Four doubles of each lane's row at a time and a transposition: several times faster than gathers.
template <int N>
HYPGEO_INLINE void load_rows(const double* table, pack_int row, pack (&out)[N]) {
  const double *ra = table + N * row[0], *rb = table + N * row[1];
  const double *rc = table + N * row[2], *rd = table + N * row[3];
  for (int k = 0; k < N; k += 4) {
    const pack a = load<pack>(ra + k), b = load<pack>(rb + k);
    const pack c = load<pack>(rc + k), d = load<pack>(rd + k);
    const pack ab0 = _mm256_unpacklo_pd(a, b), ab1 = _mm256_unpackhi_pd(a, b);
    const pack cd0 = _mm256_unpacklo_pd(c, d), cd1 = _mm256_unpackhi_pd(c, d);
    out[k] = _mm256_permute2f128_pd(ab0, cd0, 0x20);
    out[k + 1] = _mm256_permute2f128_pd(ab1, cd1, 0x20);
    out[k + 2] = _mm256_permute2f128_pd(ab0, cd0, 0x31);
    out[k + 3] = _mm256_permute2f128_pd(ab1, cd1, 0x31);
  }
}
#endif

HYPGEO_END
