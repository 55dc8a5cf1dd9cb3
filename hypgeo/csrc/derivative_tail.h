// Whether all terms of the series 15.2.1 from the k-th on are too small to matter, those with a small
// divisor c + k among them.
#pragma once
#include <initializer_list>

#include "contour_height.h"

#ifndef HYPGEO_ONE_BY_ONE  // host only
HYPGEO_BEGIN

// The sum of a few logarithms, and what their rounding may be.
struct rough_log {
  double value, error;
  HYPGEO_INLINE void add(double x, double sign) {
    value += sign * x;
    error += abs(x) * 0x1p-50;
  }
};

// Adds or subtracts log |(x)_k|, k >= 0 a whole number.
HYPGEO_OUTLINE void add_pochhammer(rough_log& s, double x, double k, double sign) {
  constexpr double few = 0x1p-20;  // all factors are alike
  if (k < few * abs(x)) return s.add(k * std::log(abs(x + 0.5 * k)), sign);
  if (x > 0.0) {
    s.add(std::lgamma(x + k), sign);
    return s.add(std::lgamma(x), -sign);
  }
  s.add(std::lgamma(1.0 - x), sign);
  if (x + k <= 0.0) return s.add(std::lgamma(1.0 - x - k), -sign);
  s.add(std::lgamma(x + k), sign);
  s.add(std::log(abs(turn(widen(x)).sine) / pi_dd.hi), sign);
}

class series_tail {
 public:
  // Small is what leaves F_b and F_c as they are, which are given.
  HYPGEO_INLINE series_tail(double degree, double upper, double lower, double z, double d_b,
                            double d_c)
      : m(degree), b(upper), c(lower), size_z(abs(z)), log_d_b(std::log(abs(d_b))),
        log_d_c(std::log(abs(d_c))) {}

  // The largest terms are at the ends, next to k = -c, and where neighbours are equally large:
  //   (m - k) (b + k) |z| = ± (c + k) (k + 1).
  HYPGEO_OUTLINE bool is_negligible(double from) const {
    if (!is_small(from, from) || !is_small(m, from) || !is_small(-c, from)) return false;
    for (double sign : {1.0, -1.0}) {
      const double A = sign + size_z, B = sign * (c + 1.0) - size_z * (m - b);
      const double C = sign * c - size_z * m * b, D = B * B - 4.0 * A * C;
      if (!(D >= 0.0)) continue;
      const double Q = -0.5 * (B + (B < 0.0 ? -std::sqrt(D) : std::sqrt(D)));
      if (A != 0.0 && !is_small(Q / A, from)) return false;
      if (Q != 0.0 && !is_small(C / Q, from)) return false;
    }
    return true;
  }

 private:
  const double m, b, c, size_z, log_d_b, log_d_c;

  // The logarithm of a bound of sum_{j<k} 1 / |x + j|, x and the sum being doubles that differ from 0.
  static HYPGEO_INLINE double log_of_harmonic(double x, double k) {
    constexpr double largest = 0x1p53;
    return std::log(k < 0.5 * abs(x) ? 2.0 * k / abs(x) : k * largest / (abs(x) + 1.0));
  }

  // |(-m)_k (b)_k / ((c)_k k!)| |z|^k.
  HYPGEO_INLINE rough_log log_of_term(double k) const {
    rough_log s = {0.0, 0.0};
    add_pochhammer(s, -m, k, 1.0);
    add_pochhammer(s, b, k, 1.0);
    add_pochhammer(s, c, k, -1.0);
    s.add(std::lgamma(k + 1.0), -1.0);
    s.add(k * std::log(size_z), 1.0);
    return s;
  }
  // The terms next to k, if they are in the tail.
  HYPGEO_OUTLINE bool is_small(double k, double from) const {
    constexpr double negligible = -37.0;
    for (int i = -2; i <= 2; ++i) {
      const double at = std::floor(k) + i;
      if (!(at >= from && at <= m)) continue;
      const rough_log s = log_of_term(at);
      const double size = s.value + s.error;
      if (!(size + log_of_harmonic(b, at) < log_d_b + negligible)) return false;
      if (!(size + log_of_harmonic(c, at) < log_d_c + negligible)) return false;
    }
    return true;
  }
};

HYPGEO_END
#endif
