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

// Nodes, and weights over Gamma(b), for one b in each lane, 1 <= b < laguerre_below: the table's
// polynomials for a quarter octave of b in u = -1..1.
template <class V>
struct laguerre_rule_of {
  ints_of<V> row;
  V u;

  HYPGEO_INLINE explicit laguerre_rule_of(V b) {
    constexpr std::int64_t first = std::int64_t{1023} << 2;  // of the panel that begins at 1
    const ints_of<V> key = shift_right(as_int(b), 50);
    const V lo = as_real(shift_left(key, 50)), hi = as_real(shift_left(key + 1, 50));
    row = (key - first) * (2 * laguerre_points);
    u = ((b - lo) - (hi - b)) / (hi - lo);
  }
  HYPGEO_INLINE V entry(int k) const {
    V part[laguerre_terms];
    load_rows(laguerre_table + k * laguerre_terms, row, part);
    V s = part[laguerre_terms - 1];
    for (int i = laguerre_terms - 2; i >= 0; --i) s = mul_add(s, u, part[i]);
    return s;
  }
  HYPGEO_INLINE V node(int k) const { return entry(2 * k); }
  HYPGEO_INLINE V weight(int k) const { return entry(2 * k + 1); }
};

// The same, written down: the next pack often has the same b.
template <class V>
struct laguerre_rule {
  V b;  // 0 before the first use
  V nodes[laguerre_points], weights[laguerre_points];

  HYPGEO_INLINE V node(int k) const { return nodes[k]; }
  HYPGEO_INLINE V weight(int k) const { return weights[k]; }
};

template <class V>
HYPGEO_OUTLINE void make_rule(V b, laguerre_rule<V>& rule) {
  const laguerre_rule_of<V> entries(b);
  rule.b = b;
  for (int k = 0; k < laguerre_points; ++k) {
    rule.nodes[k] = entries.node(k);
    rule.weights[k] = entries.weight(k);
  }
}

// What f depends on besides x. `slope` is that of the factor 1 + slope (1 - t) / (1 - zt) which
// raising b brings.
template <class V>
struct laguerre_integrand {
  V b, d, over_z, step;  // 1 / z and 1 / R
  V slope;
};

// Points evaluated side by side, each step for all of them before the next (elementary.h).
#ifdef HYPGEO_ONE_BY_ONE
constexpr int laguerre_at_once = 1;
#else
constexpr int laguerre_at_once = laguerre_points;
#endif

// The points first, first + 1, ..., n of them.
template <class V, class Rule>
HYPGEO_INLINE V laguerre_part(const Rule& rule, const laguerre_integrand<V>& f, int first, int n) {
  constexpr int most = laguerre_at_once;
  const V one = splat<V>(1.0);
  V u[most], fall[most], rest[most], value[most];  // zt and 1 - t
  for (int k = 0; k < n; ++k) u[k] = rule.node(first + k) * f.step;
  for (int k = 0; k < n; ++k) fall[k] = -expm1(-u[k]);
  for (int k = 0; k < n; ++k) {
    const V t = fall[k] * f.over_z;
    rest[k] = max(one - t, splat<V>(0x1p-60));
    value[k] = (f.d - 1.0) * (log1p_anywhere(-t, rest[k]) + u[k] * f.over_z);
  }
  if (any(f.b != 1.0)) {
    for (int k = 0; k < n; ++k) {
      const V ratio = fall[k] / u[k];
      value[k] = mul_add(f.b - 1.0, log1p_anywhere(ratio - 1.0, ratio), value[k]);
    }
  }
  for (int k = 0; k < n; ++k)
    value[k] = exp(max(value[k], splat<V>(-690.0))) * rule.weight(first + k);
  if (any(f.slope != 0.0)) {
    for (int k = 0; k < n; ++k)
      value[k] = value[k] * mul_add(f.slope, rest[k] / (one - fall[k]), one);
  }
  V sum = splat<V>(0.0);
  for (int k = 0; k < n; ++k) sum = sum + value[k];
  return sum;
}

template <class V, class Rule>
HYPGEO_INLINE V laguerre_sum(const Rule& rule, const laguerre_integrand<V>& f) {
  int used = laguerre_points;
  while (all(rule.weight(used - 1) < laguerre_negligible)) --used;
  if constexpr (laguerre_at_once > 1) {
    return laguerre_part(rule, f, 0, used);
  } else {
    V sum = splat<V>(0.0);
    for (int k = 0; k < used; ++k) sum = sum + laguerre_part(rule, f, k, 1);
    return sum;
  }
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

// The arguments after raising, c - b and s = zR in double-double.
template <class V>
struct laguerre_problem {
  dd<V> d, b, c, s;
  V over_z, step, slope;

  HYPGEO_INLINE laguerre_problem(V m, V b_given, V c_given, V z) {
    const V one = splat<V>(1.0), zero = splat<V>(0.0);
    const mask_of<V> is_raised = b_given < raise_b_below;
    const V raised = select(is_raised, one, zero);
    d = two_sum(c_given, -b_given);
    b = two_sum(b_given, raised);
    c = two_sum(c_given, raised);
    s = add(mul(two_sum(m, one), z), add(d, splat<V>(-1.0)));
    over_z = one / z;
    step = z / s.hi;
    slope = select(is_raised, div(two_prod(m, z), widen(c_given)).hi, zero);
  }
  HYPGEO_INLINE laguerre_integrand<V> integrand() const {
    return {b.hi, d.hi, over_z, step, slope};
  }
};

template <class Finish, class V>
HYPGEO_INLINE V finish_laguerre(const laguerre_problem<V>& p, V sum) {
  const mask_of<V> few =
      (p.b.lo == 0.0) & ((p.b.hi == 1.0) | (p.b.hi == 2.0) | (p.b.hi == most_product_factors));
  if (all(few)) return Finish::plain(sum * product_over_power(p.d, p.b.hi, p.s));
  return Finish::scaled(log_of_product_over_power(p.d, p.b, p.c, p.s),
                        sum * gamma_factor_ratio(p.d.hi, p.c.hi));
}

// `kept` is a rule that stays from pack to pack; without it nothing is written down.
template <class Finish, class V>
HYPGEO_INLINE V laguerre(V m, V b, V c, V z, laguerre_rule<V>* kept) {
  const laguerre_problem<V> p(m, b, c, z);
  if (kept == nullptr)
    return finish_laguerre<Finish>(p, laguerre_sum(laguerre_rule_of<V>(p.b.hi), p.integrand()));
  if (any(kept->b != p.b.hi)) make_rule(p.b.hi, *kept);
  return finish_laguerre<Finish>(p, laguerre_sum(*kept, p.integrand()));
}

HYPGEO_END
