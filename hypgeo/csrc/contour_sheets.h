// The contour integrand on the way from a saddle through the whole plane, for complex z. Its branch is
// that of the way, so the arguments of its factors are continued step by step.
#pragma once
#include "contour_height.h"
#include "contour_path.h"
#include "digamma.h"

#ifndef HYPGEO_ONE_BY_ONE  // host only
HYPGEO_BEGIN

constexpr double full_turn = 2.0 * pi_dd.hi;

// pi on the negative real line, whatever the sign of its zero.
HYPGEO_INLINE double argument(plane x) { return std::atan2(x.im + 0.0, x.re); }
HYPGEO_INLINE double turns_between(double to, double from) {
  return std::nearbyint((to - from) / full_turn);
}

// log(1 + u), also for small u.
HYPGEO_INLINE plane log_of_one_plus(plane u) { return sub(u, defect(u)); }

// e^(2 pi i x).
HYPGEO_INLINE plane turned(dd<double> x) {
  const half_turns h = turn(add(x, x));
  return {h.cosine, h.sine};
}

struct way_point {
  plane x;
  double argument[3];  // of 1 + a_i x
};

// The derivatives of log f, f = t^(-m-1) (1-t)^(-d) (1-qt)^(-b), in b and c.
struct log_slopes {
  plane b, c;
};

class contour_sheets {
 public:
  HYPGEO_INLINE contour_sheets(const contour_problem& problem, const contour_exponents& exponents,
                               const contour_point& saddle)
      : p(problem), n(exponents), e(make_contour_exponent(p, n, saddle)), t(leading(saddle.t)),
        y1(leading(saddle.y1)), y2(leading(saddle.y2)) {}

  const contour_problem& p;
  const contour_exponents& n;
  const contour_exponent e;
  const plane t, y1, y2;  // of the saddle

  HYPGEO_INLINE plane factor(int i, plane x) const { return one_plus(mul(e.a[i], x)); }

  HYPGEO_INLINE way_point moved(const way_point& from, plane x) const {
    way_point to = {x, {}};
    for (int i = 0; i < 3; ++i) {
      const double near = argument(factor(i, x));
      to.argument[i] = near + full_turn * turns_between(from.argument[i], near);
    }
    return to;
  }

  // t, 1 - t or 1 - q t there.
  HYPGEO_INLINE plane t_at(plane x) const {
    return e.is_inverse ? div(t, factor(0, x)) : mul(t, factor(0, x));
  }
  HYPGEO_INLINE plane distance_at(int i, plane x) const {
    const plane y = mul(i == 1 ? y1 : y2, factor(i, x));
    return e.is_inverse ? div(y, factor(0, x)) : y;
  }
  // Of 1 - t or 1 - q t, continued from the principal one at the saddle.
  HYPGEO_INLINE double argument_at(int i, const way_point& w) const {
    const double at_saddle = argument(i == 1 ? y1 : y2);
    return at_saddle + w.argument[i] - (e.is_inverse ? w.argument[0] : 0.0);
  }

  // log(f g) relative to the saddle.
  HYPGEO_INLINE exponent_value exponent(const way_point& w) const {
    exponent_value r = exponent_at(e, w.x);
    const windings k = windings_at(w);
    for (int i = 0; i < 3; ++i)
      if (k.of[i] != 0.0) r.value.im -= full_turn * e.n[i] * k.of[i];
    return r;
  }
  // f dt likewise.
  HYPGEO_OUTLINE plane integrand(const way_point& w, const exponent_value& principal) const {
    const plane f = mul(exp(principal.value), weight_at(e, w.x));
    const windings k = windings_at(w);
    if (k.of[0] == 0.0 && k.of[1] == 0.0 && k.of[2] == 0.0) return f;
    // Whole numbers of turns have no effect.
    const dd<double> first = e.is_inverse ? widen(p.c * k.of[0]) : widen(0.0);
    return mul(f, turned(sub(first, add(mul(p.d, k.of[1]), two_prod(p.b, k.of[2])))));
  }

  HYPGEO_OUTLINE log_slopes slopes(const way_point& w) const {
    const plane at = t_at(w.x), left = distance_at(1, w.x);
    const double a1 = argument_at(1, w), a2 = argument_at(2, w);
    plane apart = log_of_one_plus(mul(div(at, left), p.z));
    apart.im += full_turn * turns_between(a2 - a1, apart.im);
    plane log = norm(at) < 0.5 ? log_of_one_plus(neg(at)) : plane{std::log(norm(left)), a1};
    log.im += full_turn * turns_between(a1, log.im);
    return {neg(apart), neg(log)};
  }

 private:
  struct windings {
    double of[3];
  };
  // By how many turns the argument of a factor differs from that in exponent_at.
  HYPGEO_OUTLINE windings windings_at(const way_point& w) const {
    windings k;
    for (int i = 0; i < 3; ++i) k.of[i] = turns_between(w.argument[i], argument(factor(i, w.x)));
    if (e.first < 0) return k;
    const double ratio = argument(div(factor(e.other, w.x), factor(e.first, w.x)));
    k.of[e.other] =
        k.of[e.first] + turns_between(w.argument[e.other] - w.argument[e.first], ratio);
    return k;
  }
};

HYPGEO_END
#endif
