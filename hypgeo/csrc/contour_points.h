// The saddles of the contour integral (contour.h), to double-double precision also where they are
// close to a singular point.
#pragma once
#include "scaled.h"

HYPGEO_BEGIN

// The singular points 1, 1/q and infinity of t^(-m-1) (1-t)^(-d) (1-qt)^(-b), q = 1 - z, d = c - b, by
// these numbers; beside them there is 0.
constexpr int at_one = 0, at_inverse = 1, at_infinity = 2;

struct contour_problem {
  double m, b, c, z;
  dd<double> d, q;
  dd<double> c_plus_m;
  // Whether the differential f dt is integrable there: d < 1, b < 1, c + m > 0.
  bool valley[3];
  // The singular points in the order in which they follow on 0 from the left to the right.
  int order[3];
};

HYPGEO_INLINE contour_problem make_contour_problem(double m, double b, double c, double z) {
  contour_problem p = {m, b, c, z, two_sum(c, -b), two_sum(1.0, -z), two_sum(c, m), {}, {}};
  const dd<double> below_one = add(p.d, -1.0);
  p.valley[at_one] = below_one.hi < 0.0;
  p.valley[at_inverse] = b < 1.0;
  p.valley[at_infinity] = p.c_plus_m.hi > 0.0;
  p.order[0] = z < 0.0 ? at_inverse : at_one;
  p.order[1] = z < 0.0 ? at_one : z > 1.0 ? at_infinity : at_inverse;
  p.order[2] = z > 1.0 ? at_inverse : at_infinity;
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
  contour_point first, second;  // the same where they are not real
};

struct saddle_equation {
  dd<double> A, B, C;
};

HYPGEO_INLINE dd<double> discriminant(const saddle_equation (&e)[3]) {
  dd<double> best = widen(0.0);
  double least = HUGE_VAL;
  for (const saddle_equation& x : e) {
    const dd<double> square = mul(x.B, x.B), product = mul(x.A, x.C);
    const double most = square.hi + abs(product.hi);
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

// (B + s) / A without cancellation, s^2 = B^2 - A C.
HYPGEO_INLINE dd<double> real_root(const saddle_equation& e, dd<double> s) {
  if (e.B.hi * s.hi >= 0.0 || e.C.hi == 0.0) return div(add(e.B, s), e.A);
  return div(e.C, sub(e.B, s));
}

HYPGEO_INLINE complex_of<dd<double>> real_number(dd<double> x) { return {x, widen(0.0)}; }
HYPGEO_INLINE complex_of<dd<double>> times_dd(complex_of<dd<double>> x, dd<double> y) {
  return {mul(x.re, y), mul(x.im, y)};
}
HYPGEO_INLINE complex_of<dd<double>> one_less(complex_of<dd<double>> x) {
  return {add(neg(x.re), 1.0), neg(x.im)};
}
HYPGEO_INLINE complex_of<dd<double>> rounded(complex_of<dd<double>> x) {
  return {widen(x.re.hi), widen(x.im.hi)};
}

// The distance to the nearest singular point is rounded to a double, and from then on exact.
HYPGEO_OUTLINE contour_point settle(const contour_problem& p, contour_point x) {
  const double to_zero = size(x.t), to_one = size(x.y1), to_inverse = size(x.y2) / abs(p.q.hi);
  if (to_zero <= to_one && to_zero <= to_inverse) {
    x.t = rounded(x.t);
    x.y1 = one_less(x.t);
    x.y2 = one_less(times_dd(x.t, p.q));
  } else if (to_one <= to_inverse) {
    x.y1 = rounded(x.y1);
    x.t = one_less(x.y1);
    x.y2 = times_dd(x.y1, p.q);
    x.y2.re = add(x.y2.re, p.z);
  } else {
    x.y2 = rounded(x.y2);
    const complex_of<dd<double>> qt = one_less(x.y2), qy = {add(x.y2.re, -p.z), x.y2.im};
    x.t = {div(qt.re, p.q), div(qt.im, p.q)};
    x.y1 = {div(qy.re, p.q), div(qy.im, p.q)};
  }
  return x;
}

HYPGEO_INLINE dd<double> halved(dd<double> x) { return {0.5 * x.hi, 0.5 * x.lo}; }

HYPGEO_OUTLINE contour_saddles find_saddles(const contour_problem& p, const contour_exponents& e) {
  const double size_n = abs(e.n0.hi) + abs(e.n1.hi) + abs(e.n2.hi);
  int scale_z = 0;
  if (abs(p.z) > 1.0) std::frexp(p.z, &scale_z);
  const auto over = [&](dd<double> x) { return div(x, widen(size_n)); };
  const dd<double> n0 = over(e.n0), n1 = over(e.n1), n2 = over(e.n2), n12 = over(e.n12);
  const dd<double> n01 = over(e.n01), n02 = over(e.n02), N = over(e.all);
  const double down = std::ldexp(1.0, -scale_z), z = p.z * down;
  const dd<double> q = times_power_of_two(p.q, down);
  const dd<double> zn02 = mul(n02, z), n12_down = mul(n12, down);
  saddle_equation eq[3] = {
      {mul(q, N), halved(sub(add(mul(n0, 2.0 * down), n12_down), zn02)), mul(n0, down)},
      {mul(q, N), halved(sub(mul(q, n12), mul(n01, z))), mul(n1, -z)},
      {mul(N, down), halved(add(n12_down, zn02)), mul(n2, z)}};
  const dd<double> D = discriminant(eq);
  contour_point a, b;
  a.is_real = b.is_real = !(D.hi < 0.0);
  const dd<double> root = sqrt(a.is_real ? D : neg(D));
  if (a.is_real) {
    a.t = real_number(real_root(eq[0], root));
    b.t = real_number(real_root(eq[0], neg(root)));
    a.y1 = real_number(real_root(eq[1], neg(root)));
    b.y1 = real_number(real_root(eq[1], root));
    a.y2 = real_number(real_root(eq[2], neg(root)));
    b.y2 = real_number(real_root(eq[2], root));
    return {settle(p, a), settle(p, b)};
  }
  const double up = eq[0].A.hi > 0.0 ? 1.0 : -1.0;
  const dd<double> s = mul(root, up);
  a.t = {div(eq[0].B, eq[0].A), div(s, eq[0].A)};
  a.y1 = {div(eq[1].B, eq[1].A), div(neg(s), eq[1].A)};
  // Im (1 - q t) has the sign of -q.
  const dd<double> w = (eq[2].A.hi > 0.0) == (p.q.hi > 0.0) ? neg(root) : root;
  a.y2 = {div(eq[2].B, eq[2].A), div(w, eq[2].A)};
  a = settle(p, a);
  return {a, a};
}

HYPGEO_END
