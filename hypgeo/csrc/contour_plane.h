// F(-m, b; c; z) for complex z, and its derivatives in b and c for any z, at a cost that does not grow
// with m: the integral of contour.h, with
//
//   d/db log f = log(1-t) - log(1-qt),    d/dc log f = -log(1-t).
//
// A small circle around t = 0 is equivalent to a sum of ways down over saddles, each as often as its two
// ways up end in 0, where they cross the circle (Picard and Lefschetz). The ways are those on which
// e^(i angle) log(f g) keeps its imaginary part: a little off the steepest ones, so that no saddle lies
// on a way from the other for reasons of symmetry.
#pragma once
#include "contour.h"
#include "contour_climb.h"
#include "contour_thimble.h"

#ifndef HYPGEO_ONE_BY_ONE  // host only
HYPGEO_BEGIN

// value 2^exponent, with errors; HUGE_VAL where nothing is known.
struct plane_result {
  plane_jet value;
  plane_jet error;  // its parts are real
  long long exponent;
};

HYPGEO_INLINE plane_result unknown_in_the_plane() {
  return {{}, {{HUGE_VAL, 0.0}, {HUGE_VAL, 0.0}, {HUGE_VAL, 0.0}}, 0};
}

// psi(c + m) - psi(c), by reflection where c is negative.
HYPGEO_OUTLINE double digamma_gap(dd<double> c, dd<double> c_plus_m) {
  const auto between = [](dd<double> x, dd<double> y) {
    const digamma_parts<double> up = split_digamma(x), down = split_digamma(y);
    return log_ratio(up.base, down.base) - up.below + down.below;
  };
  if (c.hi > 0.0) return between(c_plus_m, c);
  const dd<double> reflected = add(neg(c), 1.0);
  if (c_plus_m.hi <= 0.0) return between(add(neg(c_plus_m), 1.0), reflected);
  const half_turns h = turn(c);
  return between(c_plus_m, reflected) + pi_dd.hi * h.cosine / h.sine;
}

template <bool with_slopes>
class plane_contour {
 public:
  HYPGEO_INLINE explicit plane_contour(const contour_problem& problem)
      : p(problem), n(make_contour_exponents(p)), saddles(all_saddles(p, n)) {}

  // Ways at other angles cross nothing else: the same value comes out unless a way ran into the other
  // saddle.
  HYPGEO_OUTLINE plane_result value() const {
    constexpr double angles[3] = {0.35, -0.35, 0.1};
    plane_result found[3];
    for (int i = 0; i < 3; ++i) {
      found[i] = value_at_angle(angles[i]);
      for (int k = 0; k < i; ++k)
        if (agree(found[k], found[i])) return found[k];
    }
    return unknown_in_the_plane();
  }

 private:
  struct part {
    thimble_sum sum;
    dd<double> exponent;
    double summed;
  };

  const contour_problem& p;
  contour_exponents n;
  contour_saddles saddles;

  static HYPGEO_INLINE contour_saddles all_saddles(const contour_problem& p,
                                                   const contour_exponents& n) {
    const auto e = make_saddle_equations(n, widen(p.z), p.q);
    return saddles_with(p, e, sqrt(discriminant(e)), false);
  }

  static HYPGEO_OUTLINE bool agree(const plane_result& x, const plane_result& y) {
    if (x.error.value.re == HUGE_VAL || y.error.value.re == HUGE_VAL) return false;
    const double up = std::ldexp(1.0, int(y.exponent - x.exponent));
    return size(sub(x.value.value, mul(y.value.value, up))) <=
           4.0 * (x.error.value.re + up * y.error.value.re);
  }

  // x at the other saddle.
  HYPGEO_OUTLINE plane gap(const contour_exponent& e, const contour_point& from,
                           const contour_point& to) const {
    const double at_zero = size(from.t), at_one = size(from.y1);
    const double at_inverse = size(from.y2) / size(p.q);
    const complex_of<dd<double>> apart =
        at_zero <= at_one && at_zero <= at_inverse ? sub(to.t, from.t)
        : at_one <= at_inverse                     ? sub(from.y1, to.y1)
                                                   : div(sub(from.y2, to.y2), p.q);
    return leading(e.is_inverse ? neg(div(apart, to.t)) : div(apart, from.t));
  }

  // What height_at leaves out of the phase with the principal arguments of 1 - t and 1 - q t, in turns:
  // those of negative numbers, and in the paired form a turn of the ratio.
  HYPGEO_OUTLINE dd<double> turns_left_out(const contour_sheets& s) const {
    const auto on_cut = [](plane x) { return x.im == 0.0 && x.re < 0.0 ? -0.5 : 0.0; };
    const dd<double> of_t = widen(std::fmod(p.m, 2.0) * on_cut(s.t));
    if (!is_paired(p)) return add(of_t, add(mul(p.d, on_cut(s.y1)), two_prod(p.b, on_cut(s.y2))));
    const plane ratio = one_plus(mul(div(s.t, s.y1), p.z));
    const double apart = turns_between(argument(s.y2) - argument(s.y1), argument(ratio));
    return add(of_t, add(two_prod(p.c, on_cut(s.y1)), two_prod(p.b, on_cut(ratio) - apart)));
  }

  // The sum of e^(i phase) over the ways up that end in 0, of two with opposite signs, and its
  // derivatives: those of the logarithm there are larger by 2 pi i k than at the saddle.
  HYPGEO_OUTLINE plane_jet branches(const climb_end& one, const climb_end& two,
                                    dd<double> turns) const {
    const auto of = [&](const climb_end& r) {
      return add(mul(p.d, r.turns[0]), two_prod(p.b, r.turns[1]));
    };
    const auto by_b = [](const climb_end& r) { return r.turns[1] - r.turns[0]; };
    const auto by_c = [](const climb_end& r) { return r.turns[0]; };
    const plane i_full = {0.0, full_turn};
    if (!one.at_zero || !two.at_zero) {
      const climb_end& r = one.at_zero ? one : two;
      const plane f = mul(turned(add(turns, of(r))), one.at_zero ? 1.0 : -1.0);
      return {f, mul(mul(f, i_full), by_b(r)), mul(mul(f, i_full), by_c(r))};
    }
    const dd<double> middle = add(turns, halved(add(of(one), of(two))));
    const half_turns apart = turn(sub(of(one), of(two)));
    const plane f = turned(middle);
    const plane difference = mul(f, plane{0.0, 2.0 * apart.sine}), sum = mul(f, 2.0 * apart.cosine);
    const auto slope = [&](double k1, double k2) {
      return mul(mul(add(mul(difference, k1 + k2), mul(sum, k1 - k2)), i_full), 0.5);
    };
    return {difference, slope(by_b(one), by_b(two)), slope(by_c(one), by_c(two))};
  }

  HYPGEO_OUTLINE part over(const contour_point& at, const contour_point& other, double angle) const {
    const contour_sheets s(p, n, at);
    const thimble<with_slopes> way(s, gap(s.e, at, other), angle);
    part r = {{{}, {}, true}, widen(0.0), 0.0};
    const plane up = way.way_up();
    const plane in_t = mul(s.t, (s.e.is_inverse ? -1.0 : 1.0) / norm(s.t));
    const contour_climb path(p, n, at, other, angle);
    const climb_end one = path.climb(mul(up, in_t)), two = path.climb(neg(mul(up, in_t)));
    r.sum.complete = one.complete && two.complete;
    if (!r.sum.complete || (!one.at_zero && !two.at_zero)) return r;
    plane_jet factor = branches(one, two, turns_left_out(s));
    if (!with_slopes) factor.b = factor.c = {0.0, 0.0};
    if (size(factor) == 0.0) return r;
    // The circle passes from right to left of a way that comes out of 0.
    const plane right = {up.im, -up.re};
    const thimble_sum ahead = way.fall(right), behind = way.fall(neg(right));
    const height h = height_at(p, at);
    const double k = std::nearbyint(h.phase.hi / full_turn);
    const double phase = sub(h.phase, mul(pi_dd, 2.0 * k)).hi;
    const plane front = mul(plane{std::cos(phase), std::sin(phase)}, s.e.is_inverse ? -1.0 : 1.0);
    r.sum.complete = ahead.complete && behind.complete;
    r.sum.value = mul(mul(add(ahead.value, mul(behind.value, plane{-1.0, 0.0})), factor), front);
    r.sum.error = add(ahead.error, behind.error);
    widen_errors(r.sum, factor, 0x1p-49 + h.summed * 0x1p-98);
    r.exponent = h.exponent;
    return r;
  }

  static HYPGEO_INLINE void widen_errors(thimble_sum& s, const plane_jet& factor, double relative) {
    const double of_value = s.error.value.re, by = size(factor.value);
    s.error.value.re = of_value * by + size(s.value.value) * relative;
    s.error.b.re = s.error.b.re * by + of_value * size(factor.b) + size(s.value.b) * relative;
    s.error.c.re = s.error.c.re * by + of_value * size(factor.c) + size(s.value.c) * relative;
  }

  HYPGEO_OUTLINE plane_result value_at_angle(double angle) const {
    const part parts[2] = {over(saddles.first, saddles.second, angle),
                           over(saddles.second, saddles.first, angle)};
    if (!parts[0].sum.complete || !parts[1].sum.complete) return unknown_in_the_plane();
    return put_together(parts);
  }

  HYPGEO_OUTLINE plane_result put_together(const part (&parts)[2]) const {
    dd<double> most = widen(-HUGE_VAL);
    for (const part& x : parts)
      if (size(x.sum.value) + size(x.sum.error) > 0.0 && x.exponent.hi > most.hi) most = x.exponent;
    if (most.hi == -HUGE_VAL) return unknown_in_the_plane();
    plane_jet total = {}, error = {};
    for (const part& x : parts) {
      if (size(x.sum.value) + size(x.sum.error) == 0.0) continue;
      const plane by = {std::exp(sub(x.exponent, most).hi), 0.0};
      total = add(total, mul(x.sum.value, by));
      error = add(error, mul(x.sum.error, by));
    }
    const normaliser front = make_normaliser(p.m, widen(p.c), p.c_plus_m);
    const double under = sine_below(widen(p.c), p.c_plus_m);
    const scaled<dd<double>> up = exp_scaled_apart(add(front.exponent, most));
    const double factor = up.value.hi * front.factor / (2.0 * pi_dd.hi * under);
    const double psi = with_slopes ? digamma_gap(widen(p.c), p.c_plus_m) : 0.0;
    const plane_jet slopes = {{1.0, 0.0}, {}, {-psi, 0.0}};
    plane_result r = {mul(mul(total, slopes), plane{0.0, -factor}), {}, up.exponent};
    const double relative = 0x1p-47 + front.summed * 0x1p-98, f = abs(factor);
    r.error.value.re = f * (error.value.re + size(total.value) * relative);
    r.error.b.re = f * (error.b.re + size(total.b) * relative);
    r.error.c.re = f * (error.c.re + size(total.c) * relative) + abs(psi) * r.error.value.re;
    return r;
  }
};

// z not real.
HYPGEO_OUTLINE scaled<complex_of<dd<double>>> contour_value(double m, double b, double c,
                                                              complex_of<double> z) {
  lend(b, z, false);
  lend(c, z, true);
  const contour_problem p = make_contour_problem(m, b, c, z);
  const plane_result r = plane_contour<false>(p).value();
  const plane v = r.value.value;
  return normalised(scaled<complex_of<dd<double>>>{{widen(v.re), widen(v.im)}, r.error.value.re, r.exponent});
}

HYPGEO_END
#endif
