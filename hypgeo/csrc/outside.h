// Outside the domains of quadrature.h and power_series.h: O(m) double-double sums of the equivalent
// polynomials, of which the one that cancels least is taken. A result whose digits are not there
// is NaN, never garbage; the caller may then ask SciPy.
#pragma once
#include "dd.h"

HYPGEO_BEGIN

// Beyond this many terms one element would take longer than milliseconds.
constexpr double most_outside_terms = 1e5;
// Largest estimated relative error that is still returned.
constexpr double worst_outside_error = 1e-12;
// At a zero of the polynomial only the absolute error can be small; this is far below the rounding
// of the first term, 1.
constexpr double small_outside_error = 0x1p-70;

// value 2^exponent, and the sum of the absolute terms with the same exponent.
struct scaled_sum {
  dd<double> value;
  double magnitude;
  int exponent;
};

HYPGEO_INLINE void rescale(dd<double>& a, int& exponent) {
  constexpr int shift = 512;
  const double size = abs(a.hi);
  if (size > 0x1p512) {
    a = {a.hi * 0x1p-512, a.lo * 0x1p-512};
    exponent += shift;
  } else if (size < 0x1p-512 && size > 0.0) {
    a = {a.hi * 0x1p512, a.lo * 0x1p512};
    exponent -= shift;
  }
}

// sum_k (-m)_k (beta)_k / ((gamma)_k k!) w^k (DLMF 15.2.1). The scale follows the largest term.
HYPGEO_INLINE scaled_sum polynomial_sum(double m, dd<double> beta, dd<double> gamma, dd<double> w) {
  dd<double> term = widen(1.0);
  scaled_sum s{term, 1.0, 0};
  int exponent = 0;
  for (double k = 0; k < m; k += 1) {
    const dd<double> up = mul(mul(add(beta, k), w), k - m);
    term = mul(term, div(up, mul(add(gamma, k), k + 1.0)));
    rescale(term, exponent);
    if (exponent > s.exponent) {
      const double down = exponent - s.exponent > 512 ? 0.0 : 0x1p-512;
      s = {{s.value.hi * down, s.value.lo * down}, s.magnitude * down, exponent};
    }
    const double factor =
        exponent == s.exponent ? 1.0 : (exponent == s.exponent - 512 ? 0x1p-512 : 0.0);
    s.value = add(s.value, dd<double>{term.hi * factor, term.lo * factor});
    s.magnitude += abs(term.hi * factor);
  }
  return s;
}

// prod_{k<m} up_k / down_k with up_k = up + k, down_k = down + k, multiplied into s.
HYPGEO_INLINE scaled_sum times_pochhammer_ratio(scaled_sum s, double m, dd<double> up,
                                                dd<double> down) {
  dd<double> product = widen(1.0);
  for (double k = 0; k < m; k += 1) {
    product = mul(product, div(add(up, k), add(down, k)));
    rescale(product, s.exponent);
  }
  return {mul(s.value, product), s.magnitude * abs(product.hi), s.exponent};
}

HYPGEO_INLINE scaled_sum times_power(scaled_sum s, double m, dd<double> base) {
  dd<double> product = widen(1.0);
  for (double k = 0; k < m; k += 1) {
    product = mul(product, base);
    rescale(product, s.exponent);
  }
  return {mul(s.value, product), s.magnitude * abs(product.hi), s.exponent};
}

HYPGEO_INLINE double absolute_error(const scaled_sum& s, double m) {
  return (m + 8.0) * 0x1p-100 * s.magnitude;
}
HYPGEO_INLINE double relative_error(const scaled_sum& s, double m) {
  return absolute_error(s, m) / abs(s.value.hi);
}
HYPGEO_INLINE bool good_enough(const scaled_sum& s, double m) {
  return relative_error(s, m) <= worst_outside_error ||
         (s.exponent <= 0 && absolute_error(s, m) <= small_outside_error);
}

HYPGEO_INLINE double unscale(const scaled_sum& s) {
  double x = s.value.hi;
  for (int e = s.exponent; e > 0 && abs(x) <= 0x1p1023; e -= 512) x *= 0x1p512;
  for (int e = s.exponent; e < 0 && x != 0.0; e += 512) x *= 0x1p-512;
  return x;
}

HYPGEO_INLINE bool is_pole(double m, double c) {
  return c <= 0.0 && c == std::floor(c) && -c < m;
}

// Finite arguments, m >= 1, z != 0.
HYPGEO_INLINE double outside(double m, double b, double c, double z) {
  if (is_pole(m, c)) return HUGE_VAL;
  if (m > most_outside_terms) return NAN;
  const dd<double> d = two_sum(c, -b), q = two_sum(1.0, -z);
  scaled_sum best = polynomial_sum(m, widen(b), widen(c), widen(z));  // DLMF 15.2.1
  const double good = 0x1p-54;
  if (!(relative_error(best, m) <= good)) {  // DLMF 15.8.7
    const dd<double> gamma = add(neg(d), 1.0 - m);
    const scaled_sum reflected =
        times_pochhammer_ratio(polynomial_sum(m, widen(b), gamma, q), m, d, widen(c));
    if (!(relative_error(best, m) <= relative_error(reflected, m))) best = reflected;
  }
  if (!(relative_error(best, m) <= good) && q.hi != 0.0) {  // DLMF 15.8.1
    const scaled_sum pfaff =
        times_power(polynomial_sum(m, d, widen(c), div(widen(-z), q)), m, q);
    if (!(relative_error(best, m) <= relative_error(pfaff, m))) best = pfaff;
  }
  return good_enough(best, m) ? unscale(best) : NAN;
}

HYPGEO_END
