// The end of a path: the rest of the way straight into a valley, where the integrand is u^(E-1) times a
// power series in u, 0 <= u <= 1. With its derivatives in b and c where N is a jet.
#pragma once
#include "contour_exponent.h"

HYPGEO_BEGIN

// A number and its derivatives in b and c.
struct plane_jet {
  plane value, b, c;
};

HYPGEO_INLINE plane_jet add(const plane_jet& x, const plane_jet& y) {
  return {add(x.value, y.value), add(x.b, y.b), add(x.c, y.c)};
}
HYPGEO_INLINE plane_jet mul(const plane_jet& x, plane y) {
  return {mul(x.value, y), mul(x.b, y), mul(x.c, y)};
}
HYPGEO_INLINE plane_jet mul(const plane_jet& x, const plane_jet& y) {
  return {mul(x.value, y.value), add(mul(x.b, y.value), mul(x.value, y.b)),
          add(mul(x.c, y.value), mul(x.value, y.c))};
}
HYPGEO_INLINE plane_jet inverse(const plane_jet& x) {
  const plane r = inverse(x.value), slope = neg(mul(r, r));
  return {r, mul(x.b, slope), mul(x.c, slope)};
}
HYPGEO_INLINE plane_jet exp(const plane_jet& x) {
  const plane r = exp(x.value);
  return {r, mul(x.b, r), mul(x.c, r)};
}
HYPGEO_INLINE double size(const plane_jet& x) { return size(x.value) + size(x.b) + size(x.c); }

// Exponents are linear in b and c.
struct linear_exponent {
  double value, b, c;
};
template <class N>
HYPGEO_INLINE N as_number(const linear_exponent& e);
template <>
HYPGEO_INLINE plane as_number<plane>(const linear_exponent& e) {
  return {e.value, 0.0};
}
template <>
HYPGEO_INLINE plane_jet as_number<plane_jet>(const linear_exponent& e) {
  return {{e.value, 0.0}, {e.b, 0.0}, {e.c, 0.0}};
}

struct approach {
  plane rho[2];  // the relative changes of the other two factors on the way to the valley
  linear_exponent e[2];
  linear_exponent at_valley;  // exponent of the differential there
  double toward;              // cosine of the angle between the direction and the way to it
};

template <class N>
HYPGEO_OUTLINE N end_series(const approach& r) {
  constexpr int most_terms = 200;
  const N at_valley = as_number<N>(r.at_valley), e[2] = {as_number<N>(r.e[0]), as_number<N>(r.e[1])};
  const N zero = as_number<N>({0.0, 0.0, 0.0}), e_both = add(e[0], e[1]);
  const auto whole = [](double k) { return as_number<N>({k, 0.0, 0.0}); };
  plane sigma[2];
  N log = zero, up = zero;
  for (int i = 0; i < 2; ++i) {
    sigma[i] = div(r.rho[i], one_plus(neg(r.rho[i])));
    const plane minus_change = add(r.rho[i], defect(neg(r.rho[i])));  // -log(1 - rho)
    log = add(log, mul(e[i], minus_change));
    up = add(up, mul(e[i], sigma[i]));
  }
  const plane both = mul(sigma[0], sigma[1]), sum = add(sigma[0], sigma[1]);
  N older = zero, g = whole(1.0), total = inverse(at_valley);
  for (int k = 0; k < most_terms; ++k) {
    const N here = mul(add(up, mul(whole(k), sum)), g);
    const N before = mul(mul(add(e_both, whole(k - 1.0)), both), older);
    const N next = mul(add(here, before), plane{-1.0 / (k + 1), 0.0});
    older = g;
    g = next;
    const N term = mul(g, inverse(add(at_valley, whole(k + 1.0))));
    total = add(total, term);
    if (size(term) + size(older) * 0x1p-20 < size(total) * 0x1p-60) break;
  }
  return mul(exp(log), total);
}

HYPGEO_END
