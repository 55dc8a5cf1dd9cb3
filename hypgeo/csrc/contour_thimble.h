// The ways down from a saddle through the whole plane, along which the integrand is added up.
#pragma once
#include "contour_sheets.h"

#ifndef HYPGEO_ONE_BY_ONE  // host only
HYPGEO_BEGIN

struct thimble_sum {
  plane_jet value;
  plane_jet error;  // its parts are real
  bool complete;
};

template <bool with_slopes>
class thimble {
 public:
  // `other` is x at the other saddle.
  HYPGEO_INLINE thimble(const contour_sheets& sheets, plane other_saddle, double angle)
      : s(sheets), other(other_saddle), rotation{std::cos(angle), std::sin(angle)},
        path{s.p, s.e, s.y1, s.y2, {1.0, 0.0}, false, 0.0} {}

  // The direction in x of one of the two ways up.
  HYPGEO_INLINE plane way_up() const {
    const double a = -0.5 * argument(mul(rotation, bend_at(s.e, {0.0, 0.0})));
    return {std::cos(a), std::sin(a)};
  }

  HYPGEO_OUTLINE thimble_sum fall(plane direction) const {
    thimble_sum r = {{}, {}, false};
    way_point w = {{0.0, 0.0}, {0.0, 0.0, 0.0}};
    plane here = {0.0, 0.0};
    double length = HUGE_VAL;
    for (int k = 0; k < most_steps && !r.complete; ++k) {
      for (int v = 0; v < 3 && !r.complete; ++v) {
        if (!s.p.valley[v]) continue;
        const approach a = path.approach_to(v, w.x, direction);
        if (!path.has_arrived(a, true)) continue;
        add_end(r, v, w, a);
        r.complete = true;
      }
      if (r.complete) break;
      const double most = share_of_distance * clearance(w.x);
      length = 2.0 * length < most ? 2.0 * length : most;
      way_point to;
      plane there;
      for (int tries = 0; tries < most_tries; ++tries, length *= 0.5) {
        to = on_level(s.moved(w, add(w.x, mul(direction, length))), 0.25 * length);
        there = s.exponent(to).value;
        const plane mid = s.exponent(s.moved(w, mul(add(w.x, to.x), 0.5))).value;
        const plane bend = sub(mid, mul(add(here, there), 0.5));
        if (norm(sub(there, here)) <= most_change && norm(bend) <= most_bend) break;
      }
      add_piece(r, w, to.x);
      w = to;
      here = there;
      direction = neg(steepest(w.x));
      r.complete = here.re <= negligible_exponent;
    }
    return r;
  }

 private:
  const contour_sheets& s;
  const plane other, rotation;
  const contour_path path;

  static constexpr int most_steps = 1500, most_tries = 200;

  HYPGEO_INLINE double clearance(plane x) const {
    const double to_points = path.distance(x), to_saddle = norm(sub(x, other));
    return to_points < to_saddle ? to_points : to_saddle;
  }
  HYPGEO_INLINE plane slope(plane x) const { return slope_at(s.e, x); }
  HYPGEO_INLINE plane steepest(plane x) const {
    const plane up = mul(rotation, slope(x));
    return mul(conj(up), 1.0 / norm(up));
  }

  // A step of Newton's back to the level, unless it is lost in rounding.
  HYPGEO_INLINE way_point on_level(const way_point& w, double most) const {
    const plane up = mul(rotation, slope(w.x));
    const exponent_value v = s.exponent(w);
    const plane step = div(plane{0.0, -mul(rotation, v.value).im}, up);
    const double lost = v.rounding * 0x1p-50 / norm(up);
    return norm(step) < most && lost < 0.05 * most ? s.moved(w, add(w.x, step)) : w;
  }

  HYPGEO_INLINE void add_value(thimble_sum& r, const plane_jet& f, double rounding,
                               const log_slopes& l) const {
    r.value = add(r.value, f);
    const double of_value = size(f.value) * rounding;
    r.error.value.re += of_value;
    if (!with_slopes) return;
    r.error.b.re += of_value * (size(l.b) + 1.0) + size(f.b) * 0x1p-50;
    r.error.c.re += of_value * (size(l.c) + 1.0) + size(f.c) * 0x1p-50;
  }

  HYPGEO_OUTLINE void add_piece(thimble_sum& r, const way_point& from, plane to) const {
    const plane half = mul(sub(to, from.x), 0.5), middle = mul(add(to, from.x), 0.5);
    for (int k = 0; k < 16; ++k) {
      const double u = k < 8 ? gauss_points[k] : -gauss_points[k - 8];
      const way_point w = s.moved(from, add(middle, mul(half, u)));
      const exponent_value v = exponent_at(s.e, w.x);
      const plane f = mul(s.integrand(w, v), mul(half, gauss_weights[k % 8]));
      const log_slopes l = with_slopes ? s.slopes(w) : log_slopes{};
      add_value(r, {f, mul(f, l.b), mul(f, l.c)}, (2.0 * v.rounding + 16.0) * 0x1p-52, l);
    }
  }

  HYPGEO_OUTLINE void add_end(thimble_sum& r, int valley, const way_point& w, const approach& a) const {
    const exponent_value v = exponent_at(s.e, w.x);
    const plane front = mul(s.integrand(w, v), path.length_to(valley, w.x));
    const log_slopes l = with_slopes ? s.slopes(w) : log_slopes{};
    const double rounding = (2.0 * v.rounding + 24.0) * 0x1p-52;
    if (with_slopes) {
      const plane_jet log = {{1.0, 0.0}, l.b, l.c};
      add_value(r, mul(mul(end_series<plane_jet>(a), log), front), rounding, l);
    } else {
      add_value(r, {mul(end_series<plane>(a), front), {}, {}}, rounding, l);
    }
  }
};

HYPGEO_END
#endif
