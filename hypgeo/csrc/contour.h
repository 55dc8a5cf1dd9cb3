// F(-m, b; c; z) for real z at a cost that does not grow with m: by the integral
//
//   (c)_m / m! F = 1/(2 pi i) int f(t) dt,  f = t^(-m-1) (1-t)^(b-c) (1-(1-z)t)^(-b),
//
// around t = 0, the coefficient of t^m in the generating function (1-t)^(b-c) (1-(1-z)t)^(-b). On the
// upper half-plane f is analytic, and on the parts of the real line next to 0 it is real: hence
// 1/pi Im int f dt from anywhere on the right of 0 to anywhere on the left of it, through saddles.
#pragma once
#include "contour_height.h"
#include "contour_path.h"

HYPGEO_BEGIN

// value e^exponent, and the error of value.
struct contribution {
  double value, error;
  dd<double> exponent;
};

// A sum of a few.
struct contour_sum {
  contribution part[3];
  int count;
  bool complete;
};

// The parts of the real line between the singular points, from 0 to the right: 0 to order[0], ...,
// order[2] to 0.
constexpr int parts_of_line = 4;

class contour_integral {
 public:
  HYPGEO_INLINE explicit contour_integral(const contour_problem& problem)
      : p(problem), n(make_contour_exponents(p)), saddles(find_saddles(p, n)), z(p.z.re) {
    order[0] = z < 0.0 ? at_inverse : at_one;
    order[1] = z < 0.0 ? at_one : z > 1.0 ? at_infinity : at_inverse;
    order[2] = z > 1.0 ? at_inverse : at_infinity;
  }

  HYPGEO_OUTLINE contour_sum sum() const {
    contour_sum r = {{}, 0, true};
    if (!saddles.first.is_real) {
      add_pair(r);
      return r;
    }
    const int k = part_of(saddles.first), l = part_of(saddles.second);
    if (k == l) {
      add_neighbours(r, k);
      return r;
    }
    const contour_point& low = k < l ? saddles.first : saddles.second;
    const contour_point& high = k < l ? saddles.second : saddles.first;
    add_separate(r, low, k < l ? k : l, high, k < l ? l : k);
    return r;
  }

 private:
  const contour_problem& p;
  contour_exponents n;
  contour_saddles saddles;
  double z;
  // The singular points in the order in which they follow on 0 from the left to the right.
  int order[3];

  HYPGEO_INLINE bool falls(int i) const { return p.valley[order[i]]; }

  HYPGEO_INLINE int part_of(const contour_point& s) const {
    const int past_one = s.y1.re.hi < 0.0, past_inverse = s.y2.re.hi < 0.0;
    if (z < 1.0) return s.t.re.hi < 0.0 ? 3 : past_one + past_inverse;
    return s.t.re.hi > 0.0 ? past_one : 3 - past_inverse;
  }

  // The phase of f on that part of the line, seen from above, in half turns.
  HYPGEO_INLINE dd<double> phase_of(int part) const {
    switch (part) {
      case 0: return widen(0.0);
      case 1: return order[0] == at_one ? p.d : widen(p.b);
      case 2: return z < 1.0 ? widen(p.c) : neg(add(two_sum(p.b, 1.0), p.m));
      default: return widen(-1.0 - p.m);
    }
  }

  HYPGEO_INLINE contour_path path_from(const contour_exponent& e, const contour_point& s,
                                       bool on_the_line) const {
    const plane t = leading(s.t);
    const double size = e.is_inverse ? -norm(t) : norm(t);
    const plane base = {t.re / size, e.is_inverse ? -t.im / size : t.im / size};
    return {p, e, leading(s.y1), leading(s.y2), base, on_the_line, 0.0};
  }

  HYPGEO_INLINE void add_part(contour_sum& r, double value, double error, const height& h) const {
    constexpr double of_the_rest = 0x1p-49, of_exponents = 0x1p-98;
    const double rounding = abs(value) * (of_the_rest + h.summed * of_exponents);
    r.part[r.count++] = {value, error + rounding, h.exponent};
  }

  // sin(pi phase) times the integral along the line over a maximum, or as far as a minimum.
  HYPGEO_OUTLINE void add_on_the_line(contour_sum& r, const contour_point& s, int part,
                                      const contour_point* end = nullptr) const {
    const contour_exponent e = make_contour_exponent(p, n, s);
    contour_path path = path_from(e, s, true);
    const double right = path.base.re, stop = end == nullptr ? 0.0 : gap(e, s, *end);
    path.stop = right * stop > 0.0 ? stop : 0.0;
    const path_sum up = path.walk({right, 0.0}, false);
    path.stop = right * stop < 0.0 ? stop : 0.0;
    const path_sum down = path.walk({-right, 0.0}, false);
    const double sine = turn(phase_of(part)).sine;
    r.complete = r.complete && up.complete && down.complete;
    add_part(r, sine * right * (up.value.re - down.value.re), abs(sine) * (up.error + down.error),
             height_at(p, s));
  }

  // From a minimum on the line up into the half-plane; `along` is 1 if that is the way of the contour.
  HYPGEO_OUTLINE int add_from_the_line(contour_sum& r, const contour_point& s, int part,
                                       double along, bool to_the_end) const {
    const contour_exponent e = make_contour_exponent(p, n, s);
    const contour_path path = path_from(e, s, false);
    const double right = path.base.re;
    const path_sum w = path.walk({0.0, right}, to_the_end);
    const half_turns phase = turn(phase_of(part));
    const double value = phase.sine * w.value.re + phase.cosine * w.value.im;
    r.complete = r.complete && w.complete;
    add_part(r, along * right * value, w.error, height_at(p, s));
    return w.end;
  }

  // Saddles on different parts of the line. A minimum next to 0 is where the contour begins or ends; a
  // maximum between two valleys is passed on the line if the contour comes to the first of them.
  HYPGEO_OUTLINE void add_separate(contour_sum& r, const contour_point& low, int low_part,
                                   const contour_point& high, int high_part) const {
    if (falls(0) && falls(1) && falls(2)) {
      add_on_the_line(r, low, low_part);
      add_on_the_line(r, high, high_part);
      return;
    }
    const bool from_low = low_part == 0, from_high = high_part == 3;
    const contour_point &first = from_low ? low : high, &other = from_low ? high : low;
    const bool passes = falls(1) && (falls(0) || falls(2)) &&
                        sub(height_at(p, other).exponent, height_at(p, first).exponent).hi >
                            negligible_exponent;
    int end = -1;
    if (from_low) end = add_from_the_line(r, low, 0, 1.0, passes);
    if (from_high) end = add_from_the_line(r, high, 3, -1.0, passes);
    r.complete = r.complete && (from_low || from_high);
    if (!passes) return;
    r.complete = r.complete && from_low != from_high && end >= 0;
    if (end != order[1]) return;
    if (from_low) add_on_the_line(r, high, high_part);
    if (from_high) add_on_the_line(r, low, low_part);
  }

  // Two saddles on one part of the line, a minimum and a maximum: valleys on both sides of a point that
  // is none.
  HYPGEO_OUTLINE void add_neighbours(contour_sum& r, int part) const {
    const contour_exponent e = make_contour_exponent(p, n, saddles.first);
    const bool first_is_low = bend_at(e, {0.0, 0.0}).re > 0.0;
    const contour_point& low = first_is_low ? saddles.first : saddles.second;
    const contour_point& high = first_is_low ? saddles.second : saddles.first;
    const bool on_the_right = part == 0 || part == 1;
    add_from_the_line(r, low, part, on_the_right ? 1.0 : -1.0, false);
    if (part == 0 || part == 3) return;
    add_on_the_line(r, high, part, &low);
  }

  // x at `to`, seen from `from`.
  static HYPGEO_INLINE double gap(const contour_exponent& e, const contour_point& from,
                                  const contour_point& to) {
    const bool at_one = abs(from.y1.re.hi) < abs(from.t.re.hi);
    const dd<double> apart = at_one ? sub(from.y1.re, to.y1.re) : sub(to.t.re, from.t.re);
    return e.is_inverse ? -div(apart, to.t.re).hi : div(apart, from.t.re).hi;
  }

  // One saddle above the line: the contour goes from the valley order[0] through it to order[2].
  HYPGEO_OUTLINE void add_pair(contour_sum& r) const {
    const contour_point& s = saddles.first;
    const contour_exponent e = make_contour_exponent(p, n, s);
    const contour_path path = path_from(e, s, false);
    const plane bend = bend_at(e, {0.0, 0.0});
    const double angle_of_fall = 0.5 * std::atan2(-bend.im, bend.re) + 0.5 * pi_dd.hi;
    const plane direction = {std::cos(angle_of_fall), std::sin(angle_of_fall)};
    path_sum one = path.walk(direction, true), other = path.walk(neg(direction), one.end < 0);
    const bool forward = one.end == order[2] || (one.end < 0 && other.end == order[0]);
    const bool backward = one.end == order[0] || (one.end < 0 && other.end == order[2]);
    r.complete = one.complete && other.complete && forward != backward && one.end != other.end;
    const plane whole = mul(sub(one.value, other.value), forward != e.is_inverse ? 1.0 : -1.0);
    const height h = height_at(p, s);
    const double k = std::nearbyint(h.phase.hi / (2.0 * pi_dd.hi));
    const double phase = sub(h.phase, mul(pi_dd, 2.0 * k)).hi;
    const double value = whole.re * std::sin(phase) + whole.im * std::cos(phase);
    add_part(r, value, one.error + other.error + h.summed * 0x1p-98 * size(whole), h);
    r.part[0].error += size(whole) * 0x1p-50;
  }
};

HYPGEO_OUTLINE scaled<dd<double>> put_together(const contour_problem& p, const contour_sum& s) {
  const normaliser front = make_normaliser(p.m, widen(p.c), p.c_plus_m);
  const double sine = sine_below(widen(p.c), p.c_plus_m);
  dd<double> most = widen(0.0);
  double largest = -HUGE_VAL;
  for (int i = 0; i < s.count; ++i) {
    const double size = s.part[i].exponent.hi + std::log(abs(s.part[i].value) + s.part[i].error);
    if (!(size > largest)) continue;
    largest = size;
    most = s.part[i].exponent;
  }
  double value = 0.0, error = 0.0;
  for (int i = 0; i < s.count; ++i) {
    if (s.part[i].value == 0.0 && s.part[i].error == 0.0) continue;
    const double f = std::exp(sub(s.part[i].exponent, most).hi);
    value += f * s.part[i].value;
    error += f * s.part[i].error;
  }
  const double factor = front.factor / (pi_dd.hi * sine);
  scaled<dd<double>> r = exp_scaled_apart(add(front.exponent, most));
  const double up = r.value.hi * factor;
  r.value = widen(up * value);
  r.error = abs(up) * (error + abs(value) * (0x1p-48 + front.summed * 0x1p-98));
  return normalised(r);
}

// F(-m, b; c; 1) = (d)_m / (c)_m (DLMF 15.4.24).
HYPGEO_OUTLINE scaled<dd<double>> value_at_one(const contour_problem& p) {
  const dd<double> d_plus_m = add(p.d, p.m);
  const normaliser up = make_normaliser(p.m, widen(p.c), p.c_plus_m);
  const normaliser down = make_normaliser(p.m, p.d, d_plus_m);
  const double factor = up.factor / down.factor * sine_below(p.d, d_plus_m) /
                        sine_below(widen(p.c), p.c_plus_m);
  if (factor == 0.0) return {widen(0.0), 0.0, 0};
  scaled<dd<double>> r = exp_scaled_apart(sub(up.exponent, down.exponent));
  r.value = widen(r.value.hi * factor);
  r.error = abs(r.value.hi) * (0x1p-49 + (up.summed + down.summed) * 0x1p-98);
  return normalised(r);
}

// Moves a factor from x to z where (x)_k is x^k to double-double precision.
HYPGEO_INLINE void lend(double& x, complex_of<double>& z, bool is_below) {
  constexpr int largest = 200;  // m^2 < 2^106 is far below 2^largest
  int e;
  std::frexp(x, &e);
  if (e <= largest) return;
  x = std::ldexp(x, largest - e);
  z = scaled_by(z, is_below ? largest - e : e - largest);
}

// b, c and z anything but a pole, z != 0.
HYPGEO_OUTLINE scaled<dd<double>> contour_value(double m, double b, double c, double real_z) {
  complex_of<double> z = {real_z, 0.0};
  lend(b, z, false);
  lend(c, z, true);
  const contour_problem p = make_contour_problem(m, b, c, z);
  if (z.re == 1.0) return value_at_one(p);
  const contour_sum s = contour_integral(p).sum();
  if (!s.complete || s.count == 0) return {widen(1.0), HUGE_VAL, 0};
  return put_together(p, s);
}

HYPGEO_END
