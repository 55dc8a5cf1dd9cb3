// F and its derivatives by the positive series, as power_series.h has them for F.
#pragma once
#include "derivative_weights.h"

HYPGEO_BEGIN

// The terms T_k / T_1 and their sum, in double; the rounding of w enters to first order.
template <class V>
struct plain_terms {
  V term, sum, moment;
  dd<V> w;

  HYPGEO_INLINE plain_terms(V, dd<V>, V, dd<V> w_)
      : term(splat<V>(1.0)), sum(splat<V>(0.0)), moment(splat<V>(0.0)), w(w_) {}
  HYPGEO_INLINE V hi() const { return term; }
  HYPGEO_INLINE V total() const { return sum; }
  // `step` is (m - k)(beta + k) / (c + k); returns T_{k+1} / T_k.
  HYPGEO_INLINE V advance(V step, double k) {
    sum = sum + term;
    moment = mul_add(term, splat<V>(k), moment);
    const V ratio = step * w.hi * (1.0 / (k + 1.0));
    term = max(term * ratio, splat<V>(0.0));
    return ratio;
  }
  HYPGEO_INLINE V value(V m, dd<V> beta, V c) const {
    const V first = m * w.hi * beta.hi / c;
    return mul_add(first, mul_add(moment, w.lo / w.hi, sum), splat<V>(1.0));
  }
};

// The same in double-double, up to the terms that need it no longer (power_series.h).
template <class V>
struct dd_terms {
  V m, c;
  dd<V> beta, w, term, sum;
  bool minor;

  HYPGEO_INLINE dd_terms(V m_, dd<V> beta_, V c_, dd<V> w_)
      : m(m_), c(c_), beta(beta_), w(w_), term(widen(splat<V>(1.0))), sum(widen(splat<V>(0.0))),
        minor(false) {}
  HYPGEO_INLINE V hi() const { return term.hi + term.lo; }
  HYPGEO_INLINE V total() const { return sum.hi; }
  HYPGEO_INLINE V advance(V step, double k) {
    if (minor) return advance_minor(step, k);
    sum = sloppy_add(sum, term);
    const dd<V> ratio = term_ratio(m, beta, c, w, splat<V>(k));
    term = sloppy_mul(term, ratio);
    const mask_of<V> left = term.hi > 0.0;
    term = select<V>(left, term, widen(splat<V>(0.0)));
    minor = all((term.hi <= sum.hi * minor_term) &
                dies_out(m, beta.hi, c, w.hi, splat<V>(k), minor_ratio));
    return ratio.hi;
  }
  HYPGEO_INLINE V advance_minor(V step, double k) {
    sum.lo = sum.lo + term.hi;
    const V ratio = step * w.hi * (1.0 / (k + 1.0));
    term = widen(max(term.hi * ratio, splat<V>(0.0)));
    return ratio;
  }
  HYPGEO_INLINE V value(V, dd<V>, V) const {
    const dd<V> first = term_ratio(m, beta, c, w, splat<V>(0.0));
    const dd<V> result = sloppy_add(sloppy_mul(first, sum), splat<V>(1.0));
    return result.hi + result.lo;
  }
};

// S and its derivatives but for the factor of Pfaff's form; q = 1 - z there.
template <class V, bool Pfaff, class Terms>
HYPGEO_INLINE jet<V> series_jet(V m, dd<V> beta, V b, V c, dd<V> w, V q) {
  constexpr int most_terms = 4096;
  Terms terms(m, beta, c, w);
  term_weights<V, Pfaff> weights(m, beta.hi, b, c);
  for (int k = 1; k < most_terms; ++k) {
    const V term = terms.hi();
    const V ratio = terms.advance(weights.add(term, k), k);
    if (all((term <= terms.total() * 0x1p-56) & weights.exhausted(term) & (ratio < 0.5))) break;
  }
  return finish(weights, terms.value(m, beta, c), w.hi, q, splat<V>(1.0));
}

template <class V, class Terms>
HYPGEO_HD jet<V> pfaff_jet(V m, V b, V c, V z) {
  const dd<V> q = two_sum(splat<V>(1.0), -z);
  const dd<V> d = two_sum(c, -b), w = div(widen(z), q);
  const jet<V> sums = series_jet<V, true, Terms>(m, d, b, c, w, q.hi);
  return exponential_scale<V>(mul(log1p(widen(-z), q), m))(sums);
}

template <class V, class Terms>
HYPGEO_HD jet<V> negative_series_jet(V m, V b, V c, V z) {
  const V one = splat<V>(1.0);
  return series_jet<V, false, Terms>(m, widen(b), b, c, widen(-z), one);
}

// Where a sum has left the range on the way, so have F_b and F_c; of F and its derivatives in z the
// later ones may still be finite.
template <class V>
HYPGEO_INLINE jet<V> finite_or_signed(jet<V> j, V m, V b, V c, V z) {
  const V infinity = splat<V>(HUGE_VAL);
  j.d_b = select(j.d_b < infinity, j.d_b, infinity);
  j.d_c = select(j.d_c > -infinity, j.d_c, -infinity);
  const mask_of<V> lost = !((j.d_z > -infinity) & (j.d_zz < infinity));
  if (!any(lost)) return j;
  const V head = m * (b / c), next = head * (m - 1.0) * ((b + 1.0) / (c + 1.0));
  j.d_z = select(lost, -head * long_series(m - 1.0, b + 1.0, c + 1.0, -z), j.d_z);
  j.d_zz = select(lost, next * long_series(m - 2.0, b + 2.0, c + 2.0, -z), j.d_zz);
  return j;
}

// z < 0, any b, c > 0: with a scaled exponent, as long_series.
template <class V>
HYPGEO_HD jet<V> negative_long_jet(V m, V b, V c, V z) {
  constexpr double big = 0x1p400, small = 0x1p-400;
  constexpr int most_terms = 1 << 20;  // the sum overflows long before
  const V one = splat<V>(1.0);
  dd_terms<V> terms(m, widen(b), c, widen(-z));
  term_weights<V, false> weights(m, b, b, c);
  V scalings = splat<V>(0.0), unit = one;
  for (int k = 1; k < most_terms; ++k) {
    const V term = terms.hi();
    const V ratio = terms.advance(weights.add(term, k), k);
    const mask_of<V> done =
        (term <= terms.total() * 0x1p-58) & weights.exhausted(term) & (ratio < 0.875);
    const V size = max(terms.total(), max(weights.sums.beta, max(weights.sums.z, weights.sums.zz)));
    const mask_of<V> overflows = (scalings > 3.0) | !(size <= 0x1p1022);
    if (all(done | overflows)) break;
    const mask_of<V> grown = size > big;
    if (!any(grown)) continue;
    const V factor = select(grown, splat<V>(small), one);
    terms.term = {terms.term.hi * factor, terms.term.lo * factor};
    terms.sum = {terms.sum.hi * factor, terms.sum.lo * factor};
    weights.scale(factor);
    unit = unit * factor;
    scalings = scalings + select(grown, one, splat<V>(0.0));
  }
  jet<V> j = finish(weights, splat<V>(0.0), -z, one, unit);
  for (int i = 0; i < 4; ++i) {
    const V factor = select(scalings > double(i), splat<V>(big), one);
    j = {j.value, j.d_b * factor, j.d_c * factor, j.d_z * factor, j.d_zz * factor};
  }
  j.value = long_series(m, b, c, -z);
  return finite_or_signed(j, m, b, c, z);
}

HYPGEO_END
