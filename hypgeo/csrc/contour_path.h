// The integral of the contour integrand along a path that falls from a saddle.
//
// Straight pieces, short enough that the exponent hardly changes on one, each by Gauss's rule. Which
// way the path takes in the upper half-plane does not matter, for the integrand is analytic there; that
// it falls steeply is what keeps the sum from cancelling.
#pragma once
#include "contour_end.h"

HYPGEO_BEGIN

HYPGEO_TABLE double gauss_points[8] = {
    0.09501250983763744, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438,
    0.755404408355003,   0.8656312023878318, 0.9445750230732326,  0.9894009349916499};
HYPGEO_TABLE double gauss_weights[8] = {
    0.18945061045506864, 0.18260341504492364, 0.16915651939500265, 0.1495959888165767,
    0.12462897125553407, 0.0951585116824926,  0.062253523938647456, 0.027152459411754176};

constexpr double most_change = 3.0;          // of the exponent on a piece
constexpr double most_bend = 0.8;            // of the exponent at its middle against its ends
constexpr double share_of_distance = 0.4;    // the length of a piece, of that to a singular point
constexpr double negligible_exponent = -44;  // of the integrand, relative to its saddle
constexpr int most_pieces = 4000;

// What has been added up, relative to f(s) s.
struct path_sum {
  plane value;
  double error;
  int end;  // the valley, or -1
  bool complete;
};

struct contour_path {
  const contour_problem& p;
  const contour_exponent& e;
  plane y1, y2;     // of the saddle
  plane base;       // t, or -1/t, up to a positive factor: base (1 + x) is in the upper half-plane
  bool on_the_line;
  double stop;  // on the line: where the path ends, at the latest; else 0

  HYPGEO_INLINE plane factor(int i, plane x) const { return one_plus(mul(e.a[i], x)); }

  HYPGEO_INLINE double distance(plane x) const {
    double least = HUGE_VAL;
    for (int i = 0; i < 3; ++i) {
      const double a = norm(e.a[i]);
      if (a == 0.0) continue;
      const double r = norm(factor(i, x)) / a;
      if (r < least) least = r;
    }
    return least;
  }

  HYPGEO_OUTLINE void add_piece(path_sum& s, plane from, plane to) const {
    const plane half = mul(sub(to, from), 0.5), middle = mul(add(to, from), 0.5);
    for (int k = 0; k < 16; ++k) {
      const double u = k < 8 ? gauss_points[k] : -gauss_points[k - 8], w = gauss_weights[k % 8];
      const plane x = add(middle, mul(half, u));
      const exponent_value v = exponent_at(e, x);
      const plane f = mul(mul(exp(v.value), weight_at(e, x)), mul(half, w));
      s.value = add(s.value, f);
      s.error += size(f) * (2.0 * v.rounding + 8.0) * 0x1p-52;
    }
  }

  HYPGEO_OUTLINE approach approach_to(int valley, plane x, plane direction) const {
    approach r;
    plane way;
    const plane now[3] = {factor(0, x), factor(1, x), factor(2, x)};
    // f dt has the factors (1 + a_i x)^(-f_i).
    linear_exponent f[3] = {{p.m + 1.0, 0.0, 0.0}, {p.d.hi, -1.0, 1.0}, {p.b, 1.0, 0.0}};
    if (e.is_inverse) f[0] = {1.0 - p.c_plus_m.hi, 0.0, -1.0};
    if (valley == at_infinity && !e.is_inverse) {
      r.rho[0] = inverse(mul(y1, now[1]));
      r.rho[1] = inverse(mul(y2, now[2]));
      r.e[0] = f[1];
      r.e[1] = f[2];
      way = now[0];
    } else {
      const int v = index_of(valley), i = v == 0 ? 1 : 0, j = v == 2 ? 1 : 2;
      const plane rest = div(now[v], e.a[v]);
      r.rho[0] = div(mul(e.a[i], rest), now[i]);
      r.rho[1] = div(mul(e.a[j], rest), now[j]);
      r.e[0] = f[i];
      r.e[1] = f[j];
      way = neg(rest);
    }
    if (valley == at_infinity) r.at_valley = {p.c_plus_m.hi, 0.0, 1.0};
    if (valley == at_one) r.at_valley = {add(neg(p.d), 1.0).hi, 1.0, -1.0};
    if (valley == at_inverse) r.at_valley = {1.0 - p.b, -1.0, 0.0};
    r.toward = (direction.re * way.re + direction.im * way.im) / norm(way);
    return r;
  }
  // Of the factor 1 + a_i x that is 0 there.
  static HYPGEO_INLINE int index_of(int valley) { return valley == at_infinity ? 0 : valley + 1; }

  // Near enough for add_end or, where that no longer matters, to fall nowhere else.
  HYPGEO_INLINE bool has_arrived(const approach& r, bool matters) const {
    constexpr double most_rho = 0.3, most_others = 1.0, of_its_own = 0.3;
    if (!(r.toward > 0.5) || !(norm(r.rho[0]) <= most_rho) || !(norm(r.rho[1]) <= most_rho))
      return false;
    const double others = norm(mul(r.rho[0], r.e[0].value)) + norm(mul(r.rho[1], r.e[1].value));
    return others <= most_others || (!matters && others <= of_its_own * r.at_valley.value);
  }

  // From x to the valley, relative to the integrand at x.
  HYPGEO_INLINE plane length_to(int valley, plane x) const {
    const int i = index_of(valley);
    const bool from_infinity = valley == at_infinity && !e.is_inverse;
    return from_infinity ? factor(0, x) : neg(div(factor(i, x), e.a[i]));
  }

  HYPGEO_OUTLINE void add_end(path_sum& s, int valley, plane x, const approach& r) const {
    const exponent_value v = exponent_at(e, x);
    const plane front = mul(exp(v.value), weight_at(e, x));
    const plane f = mul(mul(front, length_to(valley, x)), end_series<plane>(r));
    s.value = add(s.value, f);
    s.error += size(f) * (2.0 * v.rounding + 16.0) * 0x1p-52;
  }

  // Back into the upper half-plane, or on the line to where the path ends.
  HYPGEO_INLINE plane admitted(plane from, plane to) const {
    if (on_the_line) {
      const bool past = stop != 0.0 && abs(to.re) > abs(stop) && to.re * stop > 0.0;
      return {past ? stop : to.re, 0.0};
    }
    const auto height = [this](plane x) { return base.im * (1.0 + x.re) + base.re * x.im; };
    const double up = height(to), lift = 0.5 * height(from) - up;
    if (up > 0.0) return to;
    return {to.re + base.im * lift, to.im + base.re * lift};
  }

  HYPGEO_OUTLINE path_sum walk(plane direction, bool to_the_end) const {
    path_sum s = {{0.0, 0.0}, 0.0, -1, false};
    plane x = {0.0, 0.0};
    exponent_value here = {{0.0, 0.0}, 0.0};
    double length = HUGE_VAL;
    for (int k = 0; k < most_pieces; ++k) {
      const bool matters = here.value.re > negligible_exponent;
      for (int v = 0; v < 3; ++v) {
        if (!p.valley[v]) continue;
        const approach r = approach_to(v, x, direction);
        if (!has_arrived(r, matters)) continue;
        if (matters) add_end(s, v, x, r);
        s.end = v;
        s.complete = true;
        return s;
      }
      if (!matters && !to_the_end) break;
      const double most = share_of_distance * distance(x);
      length = 2.0 * length < most ? 2.0 * length : most;
      plane to;
      exponent_value there;
      for (int tries = 0; tries < 200; ++tries, length *= 0.5) {
        to = admitted(x, add(x, mul(direction, length)));
        there = exponent_at(e, to);
        if (!matters) break;
        const plane mid = exponent_at(e, mul(add(x, to), 0.5)).value;
        const plane bend = sub(mid, mul(add(here.value, there.value), 0.5));
        if (norm(sub(there.value, here.value)) <= most_change && norm(bend) <= most_bend) break;
      }
      if (matters) add_piece(s, x, to);
      if (on_the_line && to.re == stop) break;
      x = to;
      here = there;
      if (on_the_line) continue;
      const plane slope = mul(bend_at(e, x), x);
      direction = mul(conj(slope), -1.0 / norm(slope));
    }
    s.complete = here.value.re <= negligible_exponent || (on_the_line && stop != 0.0);
    return s;
  }
};

HYPGEO_END
