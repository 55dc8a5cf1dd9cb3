// The contour integrand relative to a saddle s: t = s (1 + x) or, for s far from 1 and 1/q, s / (1 + x).
// With a_i x the relative changes of t, 1 - t and 1 - qt (or of these over t),
//   log(f g)(t) - log(f g)(s) = sum n_i psi(a_i x),   psi(u) = u - log(1 + u),
// because the terms of first order cancel.
#pragma once
#include "contour_points.h"

HYPGEO_BEGIN

using plane = complex_of<double>;

HYPGEO_INLINE plane conj(plane x) { return {x.re, -x.im}; }
HYPGEO_INLINE double norm(plane x) { return std::hypot(x.re, x.im); }
HYPGEO_INLINE plane one_plus(plane x) { return {1.0 + x.re, x.im}; }
HYPGEO_INLINE plane inverse(plane x) {
  const double r = 1.0 / norm(x);
  return {x.re * r * r, -x.im * r * r};
}
HYPGEO_INLINE plane exp(plane x) {
  const double r = std::exp(x.re);
  return {r * std::cos(x.im), r * std::sin(x.im)};
}
HYPGEO_INLINE plane power(plane x, double whole) {
  plane r = {1.0, 0.0};
  const plane base = whole < 0.0 ? inverse(x) : x;
  for (double k = abs(whole); k > 0.0; k -= 1.0) r = mul(r, base);
  return r;
}

// u - log(1 + u). With s = u/(2 + u): u s - 2 (s^3/3 + s^5/5 + ...) for small u.
constexpr double series_of_defect_below = 0.25;
HYPGEO_OUTLINE plane defect(plane u) {
  if (norm(u) >= series_of_defect_below) {
    const plane up = one_plus(u);
    return {u.re - std::log(norm(up)), u.im - std::atan2(up.im, up.re)};
  }
  const plane s = div(u, plane{2.0 + u.re, u.im}), s2 = mul(s, s);
  plane sum = {0.0, 0.0};
  for (double k = 21.0; k > 2.0; k -= 2.0) {
    sum = mul(sum, s2);
    sum.re += 2.0 / k;
  }
  return sub(mul(u, s), mul(mul(s, s2), sum));
}

struct contour_exponent {
  plane a[3];
  double n[3];
  double j[3];     // f dt / (f g) has the factors (1 + a_i x)^(-j_i)
  bool is_inverse;  // s / (1 + x)
  // Two singular points that look like one from s, with large exponents of opposite sign, are taken
  // together: that of the first is `net` then, and the other's is that of (1 + a_o x) / (1 + a_f x).
  int first, other, rest;  // first < 0: none are
  double net;
  plane apart;  // a_o - a_f
};

struct exponent_value {
  plane value;
  double rounding;  // in units of one rounding of x and of the products a_i x
};

// The effect of one rounding of u on n psi(u).
HYPGEO_INLINE double rounding_of(double n, plane u) {
  const double r = norm(u);
  return abs(n) * r * r / norm(one_plus(u));
}

HYPGEO_OUTLINE exponent_value exponent_at(const contour_exponent& e, plane x) {
  exponent_value r = {{0.0, 0.0}, 0.0};
  for (int i = 0; i < 3; ++i) {
    if (e.first >= 0 && i == e.other) continue;
    const plane u = mul(e.a[i], x);
    const double n = i == e.first ? e.net : e.n[i];
    r.value = add(r.value, mul(defect(u), n));
    r.rounding += rounding_of(n, u) + abs(e.j[i]) * norm(u) / norm(one_plus(u));
  }
  if (e.first < 0) return r;
  const plane ax = mul(e.a[e.first], x), y = div(mul(e.apart, x), one_plus(ax));
  const double n = e.n[e.other];
  r.value = add(r.value, mul(add(defect(y), mul(y, ax)), n));
  r.rounding += rounding_of(n, y) + abs(n) * norm(y) * norm(ax);
  return r;
}

// The derivative in x, over x.
HYPGEO_OUTLINE plane bend_at(const contour_exponent& e, plane x) {
  plane part[3];
  for (int i = 0; i < 3; ++i) part[i] = div(mul(e.a[i], e.a[i]), one_plus(mul(e.a[i], x)));
  if (e.first < 0) {
    plane sum = {0.0, 0.0};
    for (int i = 0; i < 3; ++i) sum = add(sum, mul(part[i], e.n[i]));
    return sum;
  }
  const plane f = e.a[e.first], o = e.a[e.other], fx = mul(f, x);
  const plane both = mul(one_plus(fx), one_plus(mul(o, x)));
  const plane gap = div(mul(e.apart, add(add(f, o), mul(fx, o))), both);
  const plane sum = add(mul(part[e.rest], e.n[e.rest]), mul(part[e.first], e.net));
  return add(sum, mul(gap, e.n[e.other]));
}

// The derivative in x, also far from s, where it is -sum n_i a_i / (1 + a_i x): sum n_i a_i = 0, of
// which bend_at would leave nothing but rounding.
HYPGEO_OUTLINE plane slope_at(const contour_exponent& e, plane x) {
  plane far[3], sum = {0.0, 0.0};
  double of_far = 0.0, of_near = 0.0;
  const auto put = [&](double n, plane part, plane a) {
    const plane term = mul(part, n);
    sum = sub(sum, term);
    of_far += norm(term);
    of_near += norm(mul(mul(term, a), x));
  };
  for (int i = 0; i < 3; ++i) far[i] = div(e.a[i], one_plus(mul(e.a[i], x)));
  if (e.first < 0) {
    for (int i = 0; i < 3; ++i) put(e.n[i], far[i], e.a[i]);
  } else {
    const plane f = one_plus(mul(e.a[e.first], x)), o = one_plus(mul(e.a[e.other], x));
    put(e.n[e.rest], far[e.rest], e.a[e.rest]);
    put(e.net, far[e.first], e.a[e.first]);
    put(e.n[e.other], div(e.apart, mul(f, o)), add(e.a[e.first], e.a[e.other]));
  }
  return of_far < of_near ? sum : mul(bend_at(e, x), x);
}

// Relative to its value at s: g(s) / g(t).
HYPGEO_INLINE plane weight_at(const contour_exponent& e, plane x) {
  plane r = {1.0, 0.0};
  for (int i = 0; i < 3; ++i)
    if (e.j[i] != 0.0) r = mul(r, power(one_plus(mul(e.a[i], x)), -e.j[i]));
  return r;
}

// Joins that pair of points which leaves the smallest terms, whose size is returned.
HYPGEO_OUTLINE double join(contour_exponent& e, const double (&sums)[3], const plane (&gaps)[3]) {
  constexpr int pairs[3][3] = {{0, 1, 2}, {0, 2, 1}, {1, 2, 0}};
  constexpr double worth_it = 0.5;
  const auto weight = [&](int i) { return abs(e.n[i]) * norm(e.a[i]) * norm(e.a[i]); };
  double least = (weight(0) + weight(1) + weight(2)) * worth_it;
  e.first = -1;
  for (int k = 0; k < 3; ++k) {
    const bool swap = abs(e.n[pairs[k][1]]) > abs(e.n[pairs[k][0]]);
    const int first = pairs[k][swap ? 1 : 0], other = pairs[k][swap ? 0 : 1];
    const double f = norm(e.a[first]), gap = norm(gaps[k]);
    const double w = weight(pairs[k][2]) + abs(sums[k]) * f * f + abs(e.n[other]) * gap * (f + gap);
    if (!(w < least)) continue;
    least = w;
    e.first = first;
    e.other = other;
    e.rest = pairs[k][2];
    e.net = sums[k];
    e.apart = swap ? neg(gaps[k]) : gaps[k];
  }
  return least;
}

HYPGEO_OUTLINE contour_exponent make_contour_exponent(const contour_problem& p,
                                                      const contour_exponents& n,
                                                      const contour_point& s) {
  const plane t = leading(s.t), qt = mul(t, leading(p.q));
  const plane over_y1 = inverse(leading(s.y1)), over_y2 = inverse(leading(s.y2));
  const plane t_over_y1 = mul(t, over_y1), qt_over_y2 = mul(qt, over_y2);
  const plane across = mul(mul(t_over_y1, over_y2), p.z);
  const double n1 = n.n1.hi, n2 = n.n2.hi;
  contour_exponent e = {{{1.0, 0.0}, neg(t_over_y1), neg(qt_over_y2)},
                        {n.n0.hi, n1, n2}, {n.j0, n.j1, n.j2}, false, -1, 0, 0, 0.0, {0.0, 0.0}};
  const double size_of_terms =
      join(e, {n.n01.hi, n.n02.hi, n.n12.hi}, {neg(over_y1), neg(over_y2), across});
  contour_exponent f = {{{1.0, 0.0}, over_y1, over_y2}, {-n.all.hi, n1, n2},
                        {2.0 - n.j0 - n.j1 - n.j2, n.j1, n.j2}, true, -1, 0, 0, 0.0, {0.0, 0.0}};
  const double size_of_inverse =
      join(f, {-n.n02.hi, -n.n01.hi, n.n12.hi}, {t_over_y1, qt_over_y2, neg(across)});
  return size_of_inverse < size_of_terms ? f : e;
}

HYPGEO_END
