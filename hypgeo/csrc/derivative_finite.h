// F and its derivatives by the finite sum, for few terms: Horner's rule as in homogeneous_sum, the
// weights of derivative_weights.h beside it.
#pragma once
#include "derivative_weights.h"

HYPGEO_BEGIN

// What is carried from term k + 1 to term k, relative to term k.
template <class V>
struct horner_sums {
  dd<V> sum, power;            // power = q^(m-k)
  V beta, c, z, zz;            // sums of the weights of derivative_weights.h
  V power_1, power_2, weight;  // q^(m-1-k), q^(m-2-k), the weight of F_z
};

template <class V, bool Pfaff>
HYPGEO_INLINE horner_sums<V> horner_step(const horner_sums<V>& s, V m, dd<V> beta, V b, V c, V w,
                                         dd<V> q, double k) {
  const V inverse_c = splat<V>(1.0) / (c + k), inverse_beta = splat<V>(1.0) / (beta.hi + k);
  const dd<V> ratio = term_ratio(m, beta, c, widen(w), splat<V>(k));
  const V factor = ratio.hi + ratio.lo, sum = s.sum.hi + s.sum.lo;
  const V share = (m - k) * inverse_c, weight = Pfaff ? share : share * (beta.hi + k);
  const V by_c = Pfaff ? b * inverse_beta * inverse_c : inverse_c;
  horner_sums<V> t;
  t.power_2 = s.power_1;
  t.power_1 = s.power.hi + s.power.lo;
  t.power = sloppy_mul(s.power, q);
  t.sum = sloppy_add(t.power, sloppy_mul(s.sum, ratio));
  t.beta = factor * mul_add(inverse_beta, sum, s.beta);
  t.c = factor * mul_add(by_c, sum, s.c);
  t.z = mul_add(factor, s.z, weight * t.power_1);
  t.zz = mul_add(factor, s.zz, weight * s.weight * t.power_2);
  t.weight = weight;
  return t;
}

template <class V>
HYPGEO_INLINE horner_sums<V> select(mask_of<V> p, const horner_sums<V>& a,
                                    const horner_sums<V>& b) {
  return {select<V>(p, a.sum, b.sum),           select<V>(p, a.power, b.power),
          select(p, a.beta, b.beta),            select(p, a.c, b.c),
          select(p, a.z, b.z),                  select(p, a.zz, b.zz),
          select(p, a.power_1, b.power_1),      select(p, a.power_2, b.power_2),
          select(p, a.weight, b.weight)};
}

// m >= 1. At k = 0 the weights over beta meet a ratio with the factor beta: taken apart, so that
// beta = 0 is no exception.
template <class V, bool Pfaff>
HYPGEO_INLINE jet<V> finite_sum_jet(V m, dd<V> beta, V b, V c, V w, dd<V> q) {
  const V zero = splat<V>(0.0);
  const dd<V> one = widen(splat<V>(1.0));
  horner_sums<V> s = {one, one, zero, zero, zero, zero, zero, zero, zero};
  int k = 0;
  while (any(m > double(k + 1))) ++k;
  for (; k > 0; --k)
    s = select<V>(m > double(k), horner_step<V, Pfaff>(s, m, beta, b, c, w, q, k), s);
  const V head = m / c * w, last = s.sum.hi + s.sum.lo;
  const V along_beta = head * mul_add(beta.hi, s.beta, last);
  const V first = (Pfaff ? b : beta.hi) / c;
  const V along_c = head * mul_add(beta.hi, s.c, first * last);
  const dd<V> ratio = term_ratio(m, beta, c, widen(w), zero);
  const dd<V> power = sloppy_mul(s.power, q);
  const dd<V> sum = sloppy_add(power, sloppy_mul(s.sum, ratio));
  const V weight = Pfaff ? m / c : m * beta.hi / c;
  const V z = mul_add(ratio.hi + ratio.lo, s.z, weight * (s.power.hi + s.power.lo));
  const V zz = mul_add(ratio.hi + ratio.lo, s.zz, weight * s.weight * s.power_1);
  const V value = sum.hi + sum.lo;
  if (Pfaff) return {value, -along_beta, along_c, -b * z, b * (b + 1.0) * zz};
  return {value, along_beta, -along_c, -z, zz};
}

template <class V>
HYPGEO_HD jet<V> finite_jet(V m, V b, V c, V z) {
  return finite_sum_jet<V, true>(m, two_sum(c, -b), b, c, z, two_sum(splat<V>(1.0), -z));
}
template <class V>
HYPGEO_HD jet<V> negative_finite_jet(V m, V b, V c, V z) {
  return finite_sum_jet<V, false>(m, widen(b), b, c, -z, widen(splat<V>(1.0)));
}

HYPGEO_END
