// F and its derivatives, and the factor that brings them to scale together.
#pragma once
#include "elementary.h"

HYPGEO_BEGIN

template <class V>
struct jet {
  V value, d_b, d_c, d_z, d_zz;
};

// e^x, applied to several numbers; each is rounded towards overflow and underflow only once
// (exp_scaled in elementary.h).
template <class V>
struct exponential_scale {
  V factor, third, rest;

  explicit HYPGEO_INLINE exponential_scale(dd<V> x) {
    const V hi = max(min(x.hi, splat<V>(1400.0)), splat<V>(-1400.0));
    const V t = mul_add(hi, splat<V>(1.0 / ln2_hi), splat<V>(round_magic));
    const V k = t - round_magic;
    factor = exp(minus_ln2_times(hi, k) + x.lo);
    const V biased = mul_add(k, splat<V>(0.25), splat<V>(round_magic));
    third = power_of_two(biased);
    rest = third * power_of_two((k - (biased - round_magic) * 3.0) + round_magic);
  }
  HYPGEO_INLINE V operator()(V y) const { return ((y * factor * third) * third) * rest; }
  HYPGEO_INLINE jet<V> operator()(const jet<V>& j) const {
    return {(*this)(j.value), (*this)(j.d_b), (*this)(j.d_c), (*this)(j.d_z), (*this)(j.d_zz)};
  }
};

template <class V>
HYPGEO_INLINE jet<V> select(mask_of<V> p, const jet<V>& a, const jet<V>& b) {
  return {select(p, a.value, b.value), select(p, a.d_b, b.d_b), select(p, a.d_c, b.d_c),
          select(p, a.d_z, b.d_z), select(p, a.d_zz, b.d_zz)};
}

HYPGEO_END
