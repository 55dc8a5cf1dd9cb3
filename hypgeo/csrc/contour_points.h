// The saddles of the contour integral (contour.h), to double-double precision also where they are
// close to a singular point.
#pragma once
#include "scaled.h"

HYPGEO_BEGIN

// The singular points 1, 1/q and infinity of t^(-m-1) (1-t)^(-d) (1-qt)^(-b), q = 1 - z, d = c - b, by
// these numbers; beside them there is 0.
constexpr int at_one = 0, at_inverse = 1, at_infinity = 2;

struct contour_problem {
  double m, b, c;
  complex_of<double> z;
  complex_of<dd<double>> q;
  dd<double> d, c_plus_m;
  // Whether the differential f dt is integrable there: d < 1, b < 1, c + m > 0.
  bool valley[3];
};

HYPGEO_INLINE contour_problem make_contour_problem(double m, double b, double c,
                                                   complex_of<double> z) {
  const complex_of<dd<double>> q = {two_sum(1.0, -z.re), widen(-z.im)};
  contour_problem p = {m, b, c, z, q, two_sum(c, -b), two_sum(c, m), {}};
  const dd<double> below_one = add(p.d, -1.0);
  p.valley[at_one] = below_one.hi < 0.0;
  p.valley[at_inverse] = b < 1.0;
  p.valley[at_infinity] = p.c_plus_m.hi > 0.0;
  return p;
}

// f g = t^(-n0) (1-t)^(-n1) (1-qt)^(-n2) has the exponents of f dt at its valleys, and falls towards no
// point that is none: g = t^j0 (1-t)^j1 (1-qt)^j2.
struct contour_exponents {
  dd<double> n0, n1, n2;
  dd<double> n01, n02, n12, all;  // their sums
  double j0, j1, j2;
};

HYPGEO_INLINE contour_exponents make_contour_exponents(const contour_problem& p) {
  contour_exponents e;
  const double hill = p.valley[at_infinity] ? 0.0 : 1.0;
  e.j1 = p.valley[at_one] ? 1.0 : 0.0;
  e.j2 = p.valley[at_inverse] ? 1.0 : 0.0;
  e.j0 = 1.0 - e.j1 - e.j2 + hill;
  e.n0 = two_sum(p.m, e.j1 + e.j2 - hill);
  e.n1 = add(p.d, -e.j1);
  e.n2 = two_sum(p.b, -e.j2);
  e.n01 = add(add(p.d, p.m), e.j2 - hill);
  e.n02 = add(two_sum(p.b, p.m), e.j1 - hill);
  e.n12 = two_sum(p.c, -(e.j1 + e.j2));
  e.all = add(p.c_plus_m, -hill);
  return e;
}

// A point t of the closed upper half-plane and its distances to the singular points.
struct contour_point {
  complex_of<dd<double>> t, y1, y2;  // t, 1 - t, 1 - q t
  bool is_real;
};

// Where the logarithmic derivative of f g is 0, by quadratic equations for t, 1 - t and 1 - q t:
//   A_i y^2 - 2 B_i y + C_i = 0,   with one and the same B_i^2 - A_i C_i.
struct contour_saddles {
  contour_point first, second;  // for real z the same where they are not real
};

template <class N>
struct saddle_equations {
  N A[3], B[3], C[3];
};

HYPGEO_INLINE complex_of<dd<double>> real_number(dd<double> x) { return {x, widen(0.0)}; }
HYPGEO_INLINE complex_of<dd<double>> one_less(complex_of<dd<double>> x) {
  return {add(neg(x.re), 1.0), neg(x.im)};
}
HYPGEO_INLINE complex_of<dd<double>> rounded(complex_of<dd<double>> x) {
  return {widen(x.re.hi), widen(x.im.hi)};
}
HYPGEO_INLINE dd<double> halved(dd<double> x) { return {0.5 * x.hi, 0.5 * x.lo}; }
HYPGEO_INLINE complex_of<dd<double>> halved(complex_of<dd<double>> x) {
  return {halved(x.re), halved(x.im)};
}

HYPGEO_INLINE dd<double> real_or_not(dd<double>, dd<double> x) { return x; }
HYPGEO_INLINE complex_of<dd<double>> real_or_not(complex_of<dd<double>>, dd<double> x) {
  return real_number(x);
}

// Scaled so that nothing overflows.
template <class N>
HYPGEO_OUTLINE saddle_equations<N> make_saddle_equations(const contour_exponents& e, N z, N q) {
  const double size_n = abs(e.n0.hi) + abs(e.n1.hi) + abs(e.n2.hi);
  int scale_z = 0;
  if (size(z) > 1.0) std::frexp(size(z), &scale_z);
  const double down = std::ldexp(1.0, -scale_z);
  const auto over = [&](dd<double> x) { return div(x, widen(size_n)); };
  const auto lift = [&](dd<double> x) { return real_or_not(z, x); };
  const dd<double> n0 = over(e.n0), n1 = over(e.n1), n2 = over(e.n2), N_all = over(e.all);
  const dd<double> n12_down = mul(over(e.n12), down);
  z = times_power_of_two(z, down);
  q = times_power_of_two(q, down);
  const N zn02 = mul(z, over(e.n02)), qN = mul(q, N_all);
  return {{qN, qN, lift(mul(N_all, down))},
          {halved(sub(lift(add(mul(n0, 2.0 * down), n12_down)), zn02)),
           halved(sub(mul(q, over(e.n12)), mul(z, over(e.n01)))), halved(add(lift(n12_down), zn02))},
          {lift(mul(n0, down)), neg(mul(z, n1)), mul(z, n2)}};
}

// By the equation that loses least.
template <class N>
HYPGEO_INLINE N discriminant(const saddle_equations<N>& e) {
  N best = unit<N>::zero();
  double least = HUGE_VAL;
  for (int i = 0; i < 3; ++i) {
    const N square = mul(e.B[i], e.B[i]), product = mul(e.A[i], e.C[i]);
    const double most = size(square) + size(product);
    if (!(most < least)) continue;
    least = most;
    best = sub(square, product);
  }
  return best;
}

HYPGEO_INLINE dd<double> sqrt(dd<double> x) {
  const double s = std::sqrt(x.hi);
  if (s == 0.0) return widen(0.0);
  const dd<double> rest = sub(x, two_prod(s, s));
  return quick_two_sum(s, rest.hi / (2.0 * s));
}

// The root with a positive real part.
HYPGEO_INLINE complex_of<dd<double>> sqrt(complex_of<dd<double>> x) {
  int e = 0;
  std::frexp(size(x), &e);
  e -= e % 2 != 0;
  x = scaled_by(x, -e);
  const double size_x = std::hypot(x.re.hi, x.im.hi);
  if (size_x == 0.0) return x;
  const double large = std::sqrt(0.5 * (size_x + abs(x.re.hi))), small = 0.5 * x.im.hi / large;
  const bool right = x.re.hi >= 0.0;
  const double side = x.im.hi < 0.0 ? -1.0 : 1.0;
  complex_of<dd<double>> s = {widen(right ? large : abs(small)), widen(right ? small : side * large)};
  for (int k = 0; k < 2; ++k) s = halved(add(s, div(x, s)));
  return scaled_by(s, e / 2);
}

HYPGEO_INLINE double along(dd<double> x, dd<double> y) { return x.hi * y.hi; }
HYPGEO_INLINE double along(complex_of<dd<double>> x, complex_of<dd<double>> y) {
  return x.re.hi * y.re.hi + x.im.hi * y.im.hi;
}

// (B + s) / A without cancellation, s^2 = B^2 - A C.
template <class N>
HYPGEO_INLINE N root_of(const saddle_equations<N>& e, int i, N s) {
  if (along(e.B[i], s) >= 0.0 || size(e.C[i]) == 0.0) return div(add(e.B[i], s), e.A[i]);
  return div(e.C[i], sub(e.B[i], s));
}

// The distance to the nearest singular point is rounded to a double, and from then on exact.
HYPGEO_OUTLINE contour_point settle(const contour_problem& p, contour_point x) {
  const complex_of<dd<double>> z = widen(p.z);
  const double to_zero = size(x.t), to_one = size(x.y1), to_inverse = size(x.y2) / size(p.q);
  if (to_zero <= to_one && to_zero <= to_inverse) {
    x.t = rounded(x.t);
    x.y1 = one_less(x.t);
    x.y2 = one_less(mul(x.t, p.q));
  } else if (to_one <= to_inverse) {
    x.y1 = rounded(x.y1);
    x.t = one_less(x.y1);
    x.y2 = add(mul(x.y1, p.q), z);
  } else {
    x.y2 = rounded(x.y2);
    x.t = div(one_less(x.y2), p.q);
    x.y1 = div(sub(x.y2, z), p.q);
  }
  return x;
}

// Both saddles of the equations with that root of their discriminant.
HYPGEO_INLINE complex_of<dd<double>> in_the_plane(dd<double> x) { return real_number(x); }
HYPGEO_INLINE complex_of<dd<double>> in_the_plane(complex_of<dd<double>> x) { return x; }
template <class N>
HYPGEO_OUTLINE contour_saddles saddles_with(const contour_problem& p, const saddle_equations<N>& e,
                                            N root, bool is_real) {
  const auto point = [&](N s) {
    const N t = root_of(e, 0, s), y1 = root_of(e, 1, neg(s)), y2 = root_of(e, 2, neg(s));
    return settle(p, {in_the_plane(t), in_the_plane(y1), in_the_plane(y2), is_real});
  };
  return {point(root), point(neg(root))};
}

// For real z.
HYPGEO_OUTLINE contour_saddles find_saddles(const contour_problem& p, const contour_exponents& e) {
  const saddle_equations<dd<double>> eq = make_saddle_equations(e, widen(p.z.re), p.q.re);
  const dd<double> D = discriminant(eq);
  if (!(D.hi < 0.0)) return saddles_with(p, eq, sqrt(D), true);
  const dd<double> root = sqrt(neg(D));
  const dd<double> s = eq.A[0].hi > 0.0 ? root : neg(root);
  // Im (1 - q t) has the sign of -q.
  const dd<double> w = (eq.A[2].hi > 0.0) == (p.q.re.hi > 0.0) ? neg(root) : root;
  contour_point a = {{div(eq.B[0], eq.A[0]), div(s, eq.A[0])},
                     {div(eq.B[1], eq.A[1]), div(neg(s), eq.A[1])},
                     {div(eq.B[2], eq.A[2]), div(w, eq.A[2])}, false};
  a = settle(p, a);
  return {a, a};
}

HYPGEO_END
