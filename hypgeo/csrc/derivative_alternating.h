// F and its derivatives by the series 15.2.1 where it alternates and falls too fast to cancel.
#pragma once
#include "derivative_jet.h"
#include "euler.h"

HYPGEO_BEGIN

// m z max(b, 1) <= c / 2. The terms from the second on are taken relative to that, which carries z.
template <class V>
HYPGEO_HD jet<V> alternating_jet(V m, V b, V c, V z) {
  constexpr int most_terms = 96;
  const V zero = splat<V>(0.0), one = splat<V>(1.0);
  V term = one, by_b = one + b / (b + 1.0), by_c = one / c + one / (c + 1.0);
  V sum = zero, along_b = zero, along_c = zero, along_z = zero, along_zz = zero;
  for (int i = 2; i < most_terms; ++i) {
    const double k = i, pairs = 0.5 * k * (k - 1);
    sum = sum + term;
    along_b = mul_add(term, by_b, along_b);
    along_c = mul_add(term, by_c, along_c);
    along_z = mul_add(term, splat<V>(k), along_z);
    along_zz = mul_add(term, splat<V>(pairs), along_zz);
    const V inverse_c = one / (c + k);
    by_b = by_b + b / (b + k);
    by_c = by_c + inverse_c;
    term = term * (z * (k - m) * (b + k) * inverse_c * (1.0 / (k + 1.0)));
    if (all(abs(term) * pairs <= 0x1p-58)) break;
  }
  const V head = -m * z / c, share = m * b / c;
  const V ratio = -z * (m - 1.0) * (b + 1.0) / ((c + 1.0) * 2.0);
  return {mul_add(head * b, mul_add(ratio, sum, one), one), head * mul_add(ratio, along_b, one),
          -head * b * mul_add(ratio, along_c, one / c), -share * mul_add(ratio, along_z, one),
          share * ((m - 1.0) * (b + 1.0) / (c + 1.0)) * along_zz};
}

// z < 0 by Pfaff's transformation, F = (1-z)^m 2F1(-m, c-b; c; w), w = z/(z-1), under the same
// condition on c - b and w.
template <class V>
HYPGEO_HD jet<V> negative_alternating_jet(V m, V b, V c, V z) {
  const V one = splat<V>(1.0);
  const dd<V> q = two_sum(one, -z);
  const jet<V> a = alternating_jet(m, c - b, c, -z / q.hi);
  const V along_z = a.d_z / q.hi;
  const jet<V> j = {a.value, -a.d_b, a.d_b + a.d_c, -mul_add(m, a.value, along_z) / q.hi,
                    (mul_add(m - 1.0, mul_add(m, a.value, along_z * 2.0), a.d_zz / q.hi / q.hi)) /
                        (q.hi * q.hi)};
  return exponential_scale<V>(mul(log1p(widen(-z), q), m))(j);
}

HYPGEO_END
