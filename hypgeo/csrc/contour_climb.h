// The way up from a saddle in the whole plane: which singular point it ends in, and on which branch.
//
// With e^(i angle) (log f g)' = -q N (t - s) (t - s') / (t (1-t) (1-qt)) only directions count, and a
// point is known by its distance to the nearest singular point, so that two of these may be as close to
// each other, seen from the saddle, as the range of a double allows.
#pragma once
#include "contour_sheets.h"

#ifndef HYPGEO_ONE_BY_ONE  // host only
HYPGEO_BEGIN

// The end of a way up. The arguments of 1 - t and 1 - q t at the saddle, continued from 0, are so many
// turns below the principal ones.
struct climb_end {
  bool at_zero, complete;
  double turns[2];
};

class contour_climb {
 public:
  HYPGEO_INLINE contour_climb(const contour_problem& problem, const contour_exponents& exponents,
                              const contour_point& saddle, const contour_point& other, double angle)
      : p(problem), n(exponents), q(leading(p.q)), size_q(norm(q)),
        rotation{std::cos(angle), std::sin(angle)}, own(place_of(saddle)), far(place_of(other)) {}

  HYPGEO_OUTLINE climb_end climb(plane direction) const {
    constexpr int most_steps = 10000;
    constexpr double share = 0.2;
    climb_end r = {false, false, {0.0, 0.0}};
    place w = own;
    for (int k = 0; k < most_steps; ++k) {
      const double room = share * clearance(w), so_far = norm(apart(w, own));
      const double length = k == 0 ? 0.25 * room : room < 0.5 * so_far ? room : 0.5 * so_far;
      w = k == 0 ? moved(w, mul(direction, length)) : step(w, length);
      if (ends_at_zero(w)) {
        r.turns[0] = turns_between(w.argument1, argument(w.y1));
        r.turns[1] = turns_between(w.argument2, argument(w.y2));
        r.at_zero = r.complete = true;
        return r;
      }
      if (ends_elsewhere(w)) {
        r.complete = true;
        return r;
      }
    }
    return r;
  }

 private:
  struct place {
    plane t, y1, y2;
    double argument1, argument2;  // of y1 and y2, continued from the saddle
  };

  const contour_problem& p;
  const contour_exponents& n;
  const plane q;
  const double size_q;
  const plane rotation;
  const place own, far;

  static HYPGEO_INLINE place place_of(const contour_point& s) {
    const plane y1 = leading(s.y1), y2 = leading(s.y2);
    return {leading(s.t), y1, y2, argument(y1), argument(y2)};
  }

  // 0, 1 or 2: the nearest of 0, 1 and 1/q, as seen from both points.
  HYPGEO_INLINE int nearest(const place& x, const place& y) const {
    const auto larger = [](plane a, plane b) { return norm(a) > norm(b) ? norm(a) : norm(b); };
    const double zero = larger(x.t, y.t), one = larger(x.y1, y.y1);
    const double inverse = larger(x.y2, y.y2) / size_q;
    return zero <= one && zero <= inverse ? 0 : one <= inverse ? 1 : 2;
  }
  HYPGEO_INLINE plane apart(const place& x, const place& y) const {
    const int i = nearest(x, y);
    return i == 0 ? sub(x.t, y.t) : i == 1 ? sub(y.y1, x.y1) : div(sub(y.y2, x.y2), q);
  }

  HYPGEO_OUTLINE place moved(const place& from, plane dt) const {
    place w = from;
    const int i = nearest(from, from);
    if (i == 0) {
      w.t = add(w.t, dt);
      w.y1 = one_plus(neg(w.t));
      w.y2 = one_plus(neg(mul(q, w.t)));
    } else if (i == 1) {
      w.y1 = sub(w.y1, dt);
      w.t = one_plus(neg(w.y1));
      w.y2 = add(mul(q, w.y1), p.z);
    } else {
      w.y2 = sub(w.y2, mul(q, dt));
      w.t = div(one_plus(neg(w.y2)), q);
      w.y1 = div(sub(w.y2, p.z), q);
    }
    const double a1 = argument(w.y1), a2 = argument(w.y2);
    w.argument1 = a1 + full_turn * turns_between(from.argument1, a1);
    w.argument2 = a2 + full_turn * turns_between(from.argument2, a2);
    return w;
  }

  static HYPGEO_INLINE plane unit_of(plane x) { return mul(x, 1.0 / norm(x)); }
  HYPGEO_INLINE plane upward(const place& w) const {
    const plane up = mul(unit_of(apart(w, own)), unit_of(apart(w, far)));
    const plane down = mul(mul(unit_of(w.t), unit_of(w.y1)), unit_of(w.y2));
    const plane front = mul(mul(rotation, unit_of(q)), n.all.hi > 0.0 ? -1.0 : 1.0);
    return mul(conj(mul(front, up)), down);
  }

  // Runge and Kutta's.
  HYPGEO_INLINE place step(const place& w, double length) const {
    const plane k1 = mul(upward(w), length);
    const plane k2 = mul(upward(moved(w, mul(k1, 0.5))), length);
    const plane k3 = mul(upward(moved(w, mul(k2, 0.5))), length);
    const plane k4 = mul(upward(moved(w, k3)), length);
    return moved(w, mul(add(add(k1, k4), mul(add(k2, k3), 2.0)), 1.0 / 6.0));
  }

  HYPGEO_INLINE double clearance(const place& w) const {
    const double room[3] = {norm(w.y1), norm(w.y2) / size_q, norm(apart(w, far))};
    double least = norm(w.t);
    for (double x : room) least = x < least ? x : least;
    return least;
  }

  // Near a point where log(f g) rises like own times a logarithm, and the rest changes less.
  static HYPGEO_INLINE bool governs(double own, double n1, double rho1, double n2, double rho2) {
    constexpr double most_rho = 0.3, share = 0.35;
    return rho1 <= most_rho && rho2 <= most_rho && abs(n1) * rho1 + abs(n2) * rho2 <= share * own;
  }
  HYPGEO_INLINE bool ends_at_zero(const place& w) const {
    return governs(n.n0.hi, n.n1.hi, norm(w.t), n.n2.hi, size_q * norm(w.t));
  }
  HYPGEO_INLINE bool ends_elsewhere(const place& w) const {
    const double n0 = n.n0.hi, n1 = n.n1.hi, n2 = n.n2.hi;
    const double t = norm(w.t), y1 = norm(w.y1), y2 = norm(w.y2) / size_q;
    if (!p.valley[at_one] && governs(n1, n0, y1 / t, n2, y1 / y2)) return true;
    if (!p.valley[at_inverse] && governs(n2, n0, y2 / t, n1, y2 / y1)) return true;
    return !p.valley[at_infinity] && governs(-n.all.hi, n1, 1.0 / t, n2, 1.0 / (size_q * t));
  }
};

HYPGEO_END
#endif
