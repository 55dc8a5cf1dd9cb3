// The contour integrand at a point, and what stands in front of the integral, as scaled numbers:
// exponents and phases in double-double.
#pragma once
#include "contour_points.h"
#include "far.h"

HYPGEO_BEGIN

constexpr dd<double> pi_dd = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};

// sin(pi x) and cos(pi x), exact where they are 0 or ±1.
struct half_turns {
  double sine, cosine;
};
HYPGEO_OUTLINE half_turns turn(dd<double> x) {
  const double whole = std::nearbyint(x.hi);
  const dd<double> first = add(x, -whole);
  const double more = std::nearbyint(first.hi);
  const double rest = add(first, -more).hi;
  const bool odd = (std::fmod(whole, 2.0) != 0.0) != (std::fmod(more, 2.0) != 0.0);
  const double sign = odd ? -1.0 : 1.0;
  const double s = abs(rest) > 0.25 ? std::cos(pi_dd.hi * (0.5 - abs(rest)))
                                    : std::sin(pi_dd.hi * abs(rest));
  const double c = abs(rest) > 0.25 ? std::sin(pi_dd.hi * (0.5 - abs(rest)))
                                    : std::cos(pi_dd.hi * rest);
  return {sign * (rest < 0.0 ? -s : s), sign * c};
}

// sin x and cos x for |x| <= pi: Taylor's series at x/32, and doubling.
struct sine_and_cosine {
  dd<double> sine, cosine;
};
HYPGEO_OUTLINE sine_and_cosine sine_of(double x) {
  constexpr int doublings = 5, terms = 20;
  const double small = x * (1.0 / (1 << doublings));
  dd<double> power = widen(1.0), s = widen(0.0), v = widen(0.0);  // v = cos - 1
  for (int k = 1; k < terms; ++k) {
    power = div(mul(power, small), widen(double(k)));
    const dd<double> term = k % 4 < 2 ? power : neg(power);
    if (k % 2 == 1) {
      s = add(s, term);
    } else {
      v = add(v, term);
    }
  }
  for (int k = 0; k < doublings; ++k) {
    s = mul(mul(s, add(v, 1.0)), 2.0);
    v = mul(mul(v, add(v, 2.0)), 2.0);
  }
  return {s, add(v, 1.0)};
}

HYPGEO_OUTLINE dd<double> angle(complex_of<dd<double>> x) {
  const double near = std::atan2(x.im.hi, x.re.hi);
  const sine_and_cosine w = sine_of(near);
  const dd<double> across = sub(mul(x.im, w.cosine), mul(x.re, w.sine));
  const dd<double> along = add(mul(x.re, w.cosine), mul(x.im, w.sine));
  return add(div(across, along), near);
}

// log(1 + x) to 2^-100, relatively, u = 1 + x > 0 of any size: with 1 + y = u / 2^k,
// 2 artanh(y / (2 + y)) + k log 2. That of elementary.h is good to 2^-75: too little for m times it.
HYPGEO_OUTLINE dd<double> precise_log1p(dd<double> x, dd<double> u) {
  constexpr int terms = 22;
  constexpr double sqrt_half = 0.70710678118654752;
  int k = 0;
  if (!(u.hi > sqrt_half && u.hi < 2.0 * sqrt_half)) {
    if (std::frexp(u.hi, &k) < sqrt_half) --k;
    x = add(scaled_by(u, -k), -1.0);
  }
  const dd<double> s = div(x, add(x, 2.0)), square = mul(s, s);
  dd<double> sum = widen(0.0);
  for (int i = terms; i >= 0; --i)
    sum = add(mul(sum, square), div(widen(2.0), widen(2.0 * i + 1.0)));
  return add(mul(s, sum), mul(dd<double>{ln2_hi, ln2_lo}, double(k)));
}

// log|1 + x|, likewise.
HYPGEO_OUTLINE dd<double> log_of_size(complex_of<dd<double>> x) {
  const dd<double> more = add(add(x.re, x.re), add(mul(x.re, x.re), mul(x.im, x.im)));
  const dd<double> up = add(x.re, 1.0);
  const dd<double> norm = add(mul(up, up), mul(x.im, x.im));
  return halved(precise_log1p(more, norm));
}

// log|x| for x of any size.
HYPGEO_OUTLINE dd<double> log_of_any(complex_of<dd<double>> x) {
  if (x.im.hi == 0.0) {
    const dd<double> u = x.re.hi < 0.0 ? neg(x.re) : x.re;
    return precise_log1p(add(u, -1.0), u);
  }
  int e = 0;
  std::frexp(size(x), &e);
  complex_of<dd<double>> y = {scaled_by(x.re, -e), scaled_by(x.im, -e)};
  y.re = add(y.re, -1.0);
  return add(log_of_size(y), mul(dd<double>{ln2_hi, ln2_lo}, double(e)));
}

// value e^(exponent + i phase), and the size of what was added up.
struct height {
  dd<double> exponent, phase;
  double summed;
};

HYPGEO_INLINE void add_power(height& h, dd<double> n, complex_of<dd<double>> x, dd<double> log) {
  const dd<double> up = mul(n, log);
  h.exponent = sub(h.exponent, up);
  h.summed += abs(up.hi);
  if (x.im.hi == 0.0) return;
  const dd<double> along = mul(n, angle(x));
  h.phase = sub(h.phase, along);
  h.summed += abs(along.hi);
}

// z t / y1, for y2 = y1 (1 + z t / y1).
HYPGEO_INLINE complex_of<dd<double>> dipole(const contour_problem& p, const contour_point& x) {
  return div(mul(x.t, widen(p.z)), x.y1);
}

// Whether d and -b are large beside c.
HYPGEO_INLINE bool is_paired(const contour_problem& p) {
  return abs(p.c) < 0.5 * abs(p.b) && size(p.z) <= 1.0;
}

// t f(t), f = t^(-m-1) (1-t)^(-d) (1-qt)^(-b): on the real line without its phase. Where paired,
// the last two are (1-t)^(-c) (1 + z t/(1-t))^(-b).
HYPGEO_OUTLINE height height_at(const contour_problem& p, const contour_point& x) {
  height h = {widen(0.0), widen(0.0), 0.0};
  add_power(h, widen(p.m), x.t, log_of_any(x.t));
  const complex_of<dd<double>> minus_t = {neg(x.t.re), neg(x.t.im)};
  const bool paired = is_paired(p);
  const bool near_one = size(x.t) < 0.5;
  const dd<double> log_y1 = near_one ? log_of_size(minus_t) : log_of_any(x.y1);
  add_power(h, paired ? widen(p.c) : p.d, x.y1, log_y1);
  if (paired) {
    const complex_of<dd<double>> more = dipole(p, x);
    complex_of<dd<double>> ratio = more;
    ratio.re = add(ratio.re, 1.0);
    add_power(h, widen(p.b), ratio, size(more) < 0.5 ? log_of_size(more) : log_of_any(ratio));
    return h;
  }
  const complex_of<dd<double>> minus_qt = mul(minus_t, p.q);
  add_power(h, widen(p.b), x.y2, size(minus_qt) < 0.5 ? log_of_size(minus_qt) : log_of_any(x.y2));
  return h;
}

// m! / (c)_m = e^exponent factor, and where -m < c <= 0 that over sin(pi c).
struct normaliser {
  dd<double> exponent;
  double factor, summed;
};

constexpr double sqrt_two_pi = 2.5066282746310005024;

// Gamma(m + 1) Gamma(x) / Gamma(x + m), x > 0.
HYPGEO_OUTLINE normaliser beta_like(double m, dd<double> x, dd<double> x_plus_m) {
  const dd<double> n = two_sum(m, 1.0);
  const dd<double> part = div(x, x_plus_m), rest = div(widen(-m), x_plus_m);
  const auto log = [](dd<double> y) { return log_of_any(real_number(y)); };
  const dd<double> log_n = log(n), log_ratio = log(div(n, x_plus_m));
  const dd<double> small = abs(rest.hi) < 0.5 ? precise_log1p(rest, part) : sub(log(x), log(x_plus_m));
  const dd<double> up = mul(log_ratio, m), down = mul(x, small);
  const double factor = sqrt_two_pi * gamma_factor(x_plus_m.hi) /
                        (gamma_factor(n.hi) * gamma_factor(x.hi));
  return {add(add(up, down), add(log_n, -1.0)), factor, abs(up.hi) + abs(down.hi)};
}

// Gamma(x + y) / (Gamma(x) Gamma(y)), x, y > 0.
HYPGEO_OUTLINE normaliser binomial_like(dd<double> x, dd<double> y, dd<double> sum) {
  const auto power = [&](dd<double> part, dd<double> other) {
    const dd<double> rest = div(neg(other), sum);
    const dd<double> log = abs(rest.hi) < 0.5
                               ? precise_log1p(rest, div(part, sum))
                               : log_of_any(real_number(div(part, sum)));
    return mul(part, log);
  };
  const dd<double> a = power(x, y), b = power(y, x);
  const double factor = gamma_factor(x.hi) * gamma_factor(y.hi) / (gamma_factor(sum.hi) * sqrt_two_pi);
  return {neg(add(a, b)), factor, abs(a.hi) + abs(b.hi)};
}

// Divided by sin(pi c) where that is in front.
HYPGEO_OUTLINE normaliser make_normaliser(double m, dd<double> c, dd<double> c_plus_m) {
  if (c.hi > 0.0) return beta_like(m, c, c_plus_m);
  const dd<double> reflected = add(neg(c), 1.0);
  if (c_plus_m.hi <= 0.0) {
    normaliser r = beta_like(m, add(neg(c_plus_m), 1.0), reflected);
    if (std::fmod(m, 2.0) != 0.0) r.factor = -r.factor;
    return r;
  }
  normaliser r = binomial_like(c_plus_m, reflected, two_sum(m, 1.0));
  r.factor *= pi_dd.hi;
  return r;
}

HYPGEO_INLINE double sine_below(dd<double> c, dd<double> c_plus_m) {
  return c.hi <= 0.0 && c_plus_m.hi > 0.0 ? turn(c).sine : 1.0;
}

HYPGEO_END
