// The derivatives of the positive sums S(m, beta; c; w) of power_series.h, term by term.
//
// With T_k the terms of S, and ' the derivative that meets the parameter:
//   (beta)_k' / (beta)_k = sum_{j<k} 1 / (beta + j),   (c)_k' / (c)_k = sum_{j<k} 1 / (c + j).
// Pfaff's form has beta = c - b: along b only beta moves, backwards; along c, b fixed, both do, and
//   sum_{j<k} 1/(beta + j) - 1/(c + j) = sum_{j<k} b / ((beta + j) (c + j))
// has one sign. The shift of 15.5.2, F_z = -(m b / c) F(m-1, b+1; c+1), turns T_k into
//   z < 0: T_k (m - k)(b + k) / (c + k),    Pfaff: T_k b (m - k) / (c + k) / (1 - z),
// so that every sum here is of terms of one sign, whatever the arguments are.
//
// All is relative to T_1 = m beta w / c and multiplied by beta, so that beta = 0 is no exception.
#pragma once
#include "derivative_jet.h"
#include "power_series.h"

HYPGEO_BEGIN

// Sums over k >= 1.
template <class V>
struct term_sums {
  V beta, c, z, zz;
};

template <class V, bool Pfaff>
struct term_weights {
  V m, beta, b, c;
  V by_beta, by_c;  // beta times the sums above; for z < 0 the sum over 1 / (c + j) alone
  V previous;       // T_{k-1} times its weight in F_z
  V first, second;  // weights of F_z at k = 0 and k = 1
  term_sums<V> sums;

  HYPGEO_INLINE term_weights(V m_, V beta_, V b_, V c_) : m(m_), beta(beta_), b(b_), c(c_) {
    const V zero = splat<V>(0.0), one = splat<V>(1.0);
    by_beta = one;
    by_c = (Pfaff ? b : one) / c;
    previous = zero;
    first = (Pfaff ? m : m * beta) / c;
    second = (m - 1.0) * (Pfaff ? one : beta + 1.0) / (c + 1.0);
    sums = {zero, zero, zero, zero};
  }

  // Adds term k and moves on; returns (m - k)(beta + k) / (c + k).
  HYPGEO_INLINE V add(V term, double k) {
    const V inverse_c = splat<V>(1.0) / (c + k), inverse_beta = splat<V>(1.0) / (beta + k);
    const V share = (m - k) * inverse_c, step = share * (beta + k);
    const V weight = Pfaff ? share : step;
    sums.beta = mul_add(term, by_beta, sums.beta);
    sums.c = mul_add(term, by_c, sums.c);
    sums.zz = mul_add(previous, weight, sums.zz);
    previous = term * weight;
    sums.z = sums.z + previous;
    by_beta = mul_add(beta, inverse_beta, by_beta);
    by_c = Pfaff ? mul_add(b * beta * inverse_beta, inverse_c, by_c) : by_c + inverse_c;
    return step;
  }

  // Whether the last term that was added, and its like, are too small to matter.
  HYPGEO_INLINE mask_of<V> exhausted(V term) const {
    constexpr double enough = 0x1p-56;
    return (term * by_beta <= sums.beta * enough) & (previous <= sums.z * enough) &
           (previous * second <= sums.zz * enough);
  }

  HYPGEO_INLINE void scale(V factor) {
    previous = previous * factor;
    sums = {sums.beta * factor, sums.c * factor, sums.z * factor, sums.zz * factor};
  }
};

// From the sums to the derivatives, without the factor (1 - z)^m of Pfaff's form; w = z / (1 - z)
// there, -z elsewhere. `one` is the scale of the sums.
template <class V>
HYPGEO_INLINE jet<V> finish(const term_weights<V, true>& t, V value, V w, V q, V) {
  const V head = t.m * w / t.c, first_term = head * t.beta;
  const V z = t.b / q, zz = z * (t.b + 1.0) / q;
  return {value, -head * t.sums.beta, head * t.sums.c,
          -z * mul_add(first_term, t.sums.z, t.first),
          zz * mul_add(first_term, t.sums.zz, t.first * t.second)};
}
template <class V>
HYPGEO_INLINE jet<V> finish(const term_weights<V, false>& t, V value, V w, V, V one) {
  const V head = t.m / t.c * w, first_term = head * t.beta;
  return {value, head * t.sums.beta, -first_term * t.sums.c,
          -mul_add(first_term, t.sums.z, t.first * one),
          mul_add(first_term, t.sums.zz, t.first * t.second * one)};
}

HYPGEO_END
