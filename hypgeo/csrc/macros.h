// Host/device and namespace macros: the only place that knows which compiler reads the kernels.
#pragma once

#if defined(__CUDACC__) || defined(__HIPCC__)
#define HYPGEO_HD __host__ __device__
#else
#define HYPGEO_HD
#endif

#if defined(__GNUC__) && !defined(__CUDACC__)
#define HYPGEO_INLINE HYPGEO_HD inline __attribute__((always_inline))
#else
#define HYPGEO_INLINE HYPGEO_HD inline
#endif

// For long scalar code, which would only grow the text where it is used.
#if defined(__CUDACC__) || defined(__HIPCC__)
#define HYPGEO_OUTLINE HYPGEO_HD inline __noinline__
#elif defined(__GNUC__)
#define HYPGEO_OUTLINE HYPGEO_HD inline __attribute__((noinline))
#else
#define HYPGEO_OUTLINE HYPGEO_HD inline
#endif

// Device code, and its emulation on a CPU, has no blocks of elements: each thread has one.
#if defined(__CUDACC__) || defined(__HIPCC__) || defined(HYPGEO_EMULATED_DEVICE)
#define HYPGEO_ONE_BY_ONE 1
#endif

// One text is compiled once per instruction set; each copy lives in a namespace of its own so that
// the linker never merges a function built for AVX2 with one built for the baseline.
#ifndef HYPGEO_ISA_NS
#define HYPGEO_ISA_NS portable
#endif

#define HYPGEO_BEGIN namespace hypgeo { namespace HYPGEO_ISA_NS {
#define HYPGEO_END } }

// Constant tables: device code needs its own copy, in constant memory where all threads read the
// same entry, and elsewhere where they do not: constant memory serves one address at a time.
#if defined(__CUDACC__)
#define HYPGEO_TABLE static __device__ __constant__ const
#define HYPGEO_LOOKUP static __device__ const
#else
#define HYPGEO_TABLE static constexpr
#define HYPGEO_LOOKUP static constexpr
#endif
