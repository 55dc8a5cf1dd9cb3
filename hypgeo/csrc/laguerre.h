// Gauss's rule for Euler's integral where its right end does not matter, for small b.
//
// With u = -log(1 - zt) the integral (DLMF 15.6.1) is that of (1 - zt)^(m+1) = e^(-nu), n = m + 1;
// with x = R u, R = n + (d - 1) / z, the rest of the integrand is smooth on the scale of x:
//
//   2F1(-m, b; c; z) = (d)_b / (zR)^b int_0^.. x^(b-1) e^(-x) / Gamma(b) f(x) dx,
//   f = (zt/u)^(b-1) exp((d - 1) (log(1 - t) + u/z)),          (d)_b = Gamma(d + b) / Gamma(d).
//
// Sixteen nodes of the generalised Gauss-Laguerre rule do; they depend on b alone. b < 1 is raised
// once (raise.h).
#pragma once
#include "finish.h"
#include "gamma.h"
#include "laguerre_table.h"
#include "raise.h"

HYPGEO_BEGIN

constexpr int laguerre_points = 16;
constexpr int laguerre_terms = 12;        // of the polynomials in b for a node or a weight
constexpr double laguerre_below = 4.0;    // raised b
constexpr double laguerre_negligible = 0x1p-58;

// zR = z (m + 1) + d - 1 is where t = 1 lies, or short of it, on the scale of x. What is cut off
// there, and what sixteen points miss, stays below 2^-53 from here on.
HYPGEO_INLINE bool is_laguerre(double m, double b, double d, double z) {
  const double raised = b < raise_b_below ? b + 1 : b;
  return raised < laguerre_below && d >= 1 && z * (m + 1) + d - 1 >= 32 + 8 * raised;
}

// The nodes for one b in each lane, and the weights over Gamma(b).
template <class V>
struct laguerre_rule {
  V b;  // 0 before the first use
  V node[laguerre_points], weight[laguerre_points];
};

// The table's polynomials for a quarter octave of b in u = -1..1.
template <class V>
HYPGEO_INLINE V laguerre_entry(int k, ints_of<V> panel, V u) {
  V row[laguerre_terms];
  load_rows(laguerre_table + k * laguerre_terms, panel * (2 * laguerre_points), row);
  V s = row[laguerre_terms - 1];
  for (int i = laguerre_terms - 2; i >= 0; --i) s = mul_add(s, u, row[i]);
  return s;
}

// 1 <= b < laguerre_below.
template <class V>
HYPGEO_OUTLINE void make_rule(V b, laguerre_rule<V>& rule) {
  constexpr std::int64_t first = std::int64_t{1023} << 2;  // of the panel that begins at 1
  const ints_of<V> key = shift_right(as_int(b), 50);
  const V lo = as_real(shift_left(key, 50)), hi = as_real(shift_left(key + 1, 50));
  const V u = ((b - lo) - (hi - b)) / (hi - lo);
  rule.b = b;
  for (int k = 0; k < laguerre_points; ++k) {
    rule.node[k] = laguerre_entry(2 * k, key - first, u);
    rule.weight[k] = laguerre_entry(2 * k + 1, key - first, u);
  }
}

// What f depends on besides x. `slope` is that of the factor 1 + slope (1 - t) / (1 - zt) which
// raising b brings.
template <class V>
struct laguerre_integrand {
  V b, d, over_z, step;  // 1 / z and 1 / R
  V slope;
};

// Each step for all points before the next one: a point by itself is one long chain of
// instructions that wait for each other, and points do not.
template <class V>
HYPGEO_INLINE V laguerre_sum(const laguerre_rule<V>& rule, const laguerre_integrand<V>& f) {
  V fall[laguerre_points], rest[laguerre_points], exponent[laguerre_points];  // zt, 1 - t
  int used = laguerre_points;
  while (all(rule.weight[used - 1] < laguerre_negligible)) --used;
  for (int k = 0; k < used; ++k) fall[k] = -expm1(rule.node[k] * -f.step);
  for (int k = 0; k < used; ++k) {
    const V t = fall[k] * f.over_z;
    rest[k] = max(splat<V>(1.0) - t, splat<V>(0x1p-60));
    const V u_over_z = rule.node[k] * f.step * f.over_z;
    exponent[k] = (f.d - 1.0) * (log1p_anywhere(-t, rest[k]) + u_over_z);
  }
  if (any(f.b != 1.0)) {
    for (int k = 0; k < used; ++k) {
      const V ratio = fall[k] / (rule.node[k] * f.step);
      exponent[k] = mul_add(f.b - 1.0, log1p_anywhere(ratio - 1.0, ratio), exponent[k]);
    }
  }
  V sum = splat<V>(0.0);
  for (int k = 0; k < used; ++k)
    exponent[k] = exp(max(exponent[k], splat<V>(-690.0))) * rule.weight[k];
  if (any(f.slope != 0.0)) {
    for (int k = 0; k < used; ++k)
      exponent[k] = exponent[k] * mul_add(f.slope, rest[k] / (splat<V>(1.0) - fall[k]), splat<V>(1.0));
  }
  for (int k = 0; k < used; ++k) sum = sum + exponent[k];
  return sum;
}

// (d)_b / s^b for b = 1, 2 or 3, without logarithms.
constexpr double most_product_factors = 3.0;

template <class V>
HYPGEO_INLINE V product_over_power(dd<V> d, V b, dd<V> s) {
  const V over = splat<V>(1.0) / s.hi;
  V ratio = splat<V>(1.0) - b * (s.lo * over);
  for (int k = 0; k < int(most_product_factors); ++k)
    ratio = select(b > double(k), ratio * ((d.hi + double(k) + d.lo) * over), ratio);
  return ratio;
}

// The logarithm of (d)_b / s^b but for gamma_factor(d) / gamma_factor(c), c = d + b: Stirling's
// formula (DLMF 5.11.1) on both sides.
template <class V>
HYPGEO_INLINE dd<V> log_of_product_over_power(dd<V> d, dd<V> b, dd<V> c, dd<V> s) {
  const dd<V> ratio = div(c, s), share = div(b, d);
  const dd<V> power = mul(b, log1p(add(ratio, splat<V>(-1.0)), ratio));
  return sub(power, mul(d, log1p_defect(share, add(share, splat<V>(1.0)))));
}

// `kept` is a rule that stays from pack to pack, because the next one often has the same b.
template <class Finish, class V>
HYPGEO_INLINE V laguerre(V m, V b_given, V c_given, V z, laguerre_rule<V>* kept) {
  const V one = splat<V>(1.0), zero = splat<V>(0.0);
  const mask_of<V> is_raised = b_given < raise_b_below;
  const V raised = select(is_raised, one, zero);
  const dd<V> d = two_sum(c_given, -b_given);
  const dd<V> b = two_sum(b_given, raised), c = two_sum(c_given, raised);
  const dd<V> s = add(mul(two_sum(m, one), z), add(d, splat<V>(-1.0)));
  const V slope = select(is_raised, div(two_prod(m, z), widen(c_given)).hi, zero);
  laguerre_rule<V> own;
  own.b = zero;
  laguerre_rule<V>& rule = kept != nullptr ? *kept : own;
  if (any(rule.b != b.hi)) make_rule(b.hi, rule);
  const V sum = laguerre_sum(rule, laguerre_integrand<V>{b.hi, d.hi, one / z, z / s.hi, slope});
  const mask_of<V> few = (b.lo == 0.0) & ((b.hi == 1.0) | (b.hi == 2.0) | (b.hi == 3.0));
  if (all(few)) return Finish::plain(sum * product_over_power(d, b.hi, s));
  return Finish::scaled(log_of_product_over_power(d, b, c, s), sum * gamma_factor_ratio(d.hi, c.hi));
}

HYPGEO_END
