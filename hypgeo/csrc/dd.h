// Double-double arithmetic: an unevaluated sum hi + lo with |lo| <= ulp(hi)/2.
//
// Error-free transformations after Dekker (1971) and Knuth (TAOCP 4.2.2); relative error of each
// operation about 2^-104. Used where an exponent must be known to an absolute error below 2^-53.
#pragma once
#include "simd.h"

HYPGEO_BEGIN

template <class V>
struct dd {
  V hi, lo;
};

template <class V>
HYPGEO_INLINE dd<V> two_sum(V a, V b) {
  const V s = a + b;
  const V t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

// Needs |a| >= |b| or a = 0.
template <class V>
HYPGEO_INLINE dd<V> quick_two_sum(V a, V b) {
  const V s = a + b;
  return {s, b - (s - a)};
}

#if !defined(__FMA__) && !defined(__CUDA_ARCH__)
HYPGEO_INLINE dd<double> split(double a) {
  // Near the end of the range 2^27 a would overflow.
  const double down = abs(a) > 0x1p990 ? 0x1p-30 : 1.0;
  const double x = a * down;
  const double t = 134217729.0 * x;  // 2^27 + 1
  const double hi = t - (t - x);
  return {hi / down, (x - hi) / down};
}
#endif

template <class V>
HYPGEO_INLINE dd<V> two_prod(V a, V b) {
  const V p = a * b;
#if defined(__FMA__) || defined(__CUDA_ARCH__)
  return {p, mul_add(a, b, -p)};
#else
  const dd<V> x = split(a), y = split(b);
  return {p, ((x.hi * y.hi - p) + x.hi * y.lo + x.lo * y.hi) + x.lo * y.lo};
#endif
}

template <class V>
HYPGEO_INLINE dd<V> widen(V a) {
  return {a, splat<V>(0.0)};
}
template <class V>
HYPGEO_INLINE dd<V> neg(dd<V> a) {
  return {-a.hi, -a.lo};
}
// Error at most 2^-104 (|a| + |b|): where a + b cancels, the relative error grows accordingly.
template <class V>
HYPGEO_INLINE dd<V> add(dd<V> a, dd<V> b) {
  const dd<V> s = two_sum(a.hi, b.hi);
  return quick_two_sum(s.hi, s.lo + (a.lo + b.lo));
}
template <class V>
HYPGEO_INLINE dd<V> add(dd<V> a, V b) {
  const dd<V> s = two_sum(a.hi, b);
  return quick_two_sum(s.hi, s.lo + a.lo);
}
template <class V>
HYPGEO_INLINE dd<V> sub(dd<V> a, dd<V> b) {
  return add(a, neg(b));
}
template <class V>
HYPGEO_INLINE dd<V> mul(dd<V> a, dd<V> b) {
  const dd<V> p = two_prod(a.hi, b.hi);
  return quick_two_sum(p.hi, p.lo + mul_add(a.hi, b.lo, a.lo * b.hi));
}
template <class V>
HYPGEO_INLINE dd<V> mul(dd<V> a, V b) {
  const dd<V> p = two_prod(a.hi, b);
  return quick_two_sum(p.hi, mul_add(a.lo, b, p.lo));
}
template <class V>
HYPGEO_INLINE dd<V> div(dd<V> a, dd<V> b) {
  const V inverse = splat<V>(1.0) / b.hi;
  const V q = a.hi * inverse;
  const dd<V> p = two_prod(q, b.hi);
  const V r = ((a.hi - p.hi) - p.lo) + (a.lo - q * b.lo);
  return quick_two_sum(q, r * inverse);
}

// Sloppy operations leave lo where it falls, a few ulp of hi: half the work, for chains of positive
// numbers. The error is a few times |lo / hi| 2^-53, relatively.
template <class V>
HYPGEO_INLINE dd<V> sloppy_add(dd<V> a, V b) {
  const dd<V> s = two_sum(a.hi, b);
  return {s.hi, s.lo + a.lo};
}
template <class V>
HYPGEO_INLINE dd<V> sloppy_add(dd<V> a, dd<V> b) {
  const dd<V> s = two_sum(a.hi, b.hi);
  return {s.hi, s.lo + (a.lo + b.lo)};
}
template <class V>
HYPGEO_INLINE dd<V> sloppy_mul(dd<V> a, V b) {
  const dd<V> p = two_prod(a.hi, b);
  return {p.hi, mul_add(a.lo, b, p.lo)};
}
template <class V>
HYPGEO_INLINE dd<V> sloppy_mul(dd<V> a, dd<V> b) {
  const dd<V> p = two_prod(a.hi, b.hi);
  return {p.hi, p.lo + mul_add(a.hi, b.lo, a.lo * b.hi)};
}
template <class V>
HYPGEO_INLINE dd<V> sloppy_div(dd<V> a, dd<V> b) {
  const V inverse = splat<V>(1.0) / b.hi;
  const V q = a.hi * inverse;
  const dd<V> p = two_prod(q, b.hi);
  return {q, (((a.hi - p.hi) - p.lo) + (a.lo - q * b.lo)) * inverse};
}
template <class V>
HYPGEO_INLINE dd<V> select(mask_of<V> p, dd<V> a, dd<V> b) {
  return {select(p, a.hi, b.hi), select(p, a.lo, b.lo)};
}

HYPGEO_END
