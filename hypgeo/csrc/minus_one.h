// F - 1 without cancellation.
//
//   home:  1 - F = E[1 - (1 - zT)^m], all of whose expansions below have terms of one sign;
//   z < 0: the series without its first term;
//   else:  the recurrence in the degree for F - 1 (polynomial_forms.h).
#pragma once
#include <initializer_list>

#include "element_value.h"

HYPGEO_BEGIN

// Outside of these F - 1 loses less than a bit.
constexpr double least_near_one = 0.5, most_near_one = 2.0;

// 1 - F by Pfaff's series less that of 1 = (1 - z)^m sum_k binom(m, k) w^k, w = z / (1 - z):
// the weights 1 - (d)_k / (c)_k are sums of positive terms too.
HYPGEO_OUTLINE double pfaff_difference(double m, double b, double c, double z) {
  constexpr int most_terms = 4096;
  const dd<double> d = two_sum(c, -b), q = two_sum(1.0, -z), w = div(widen(z), q);
  dd<double> term = widen(1.0), kept = widen(1.0), lost = widen(0.0), sum = widen(0.0);
  for (int i = 0; i < most_terms; ++i) {
    const double k = i;
    const dd<double> below = two_sum(c, k);
    lost = add(lost, mul(kept, div(widen(b), below)));
    kept = mul(kept, div(add(d, k), below));
    const dd<double> up = mul(w, m - k);
    term = div(mul(term, up), widen(k + 1.0));
    sum = add(sum, mul(term, lost));
    if (term.hi * lost.hi <= sum.hi * 0x1p-57 && up.hi < 0.5 * (k + 1.0)) break;
  }
  return power_of_complement<as_value>(z, m, sum.hi);
}

// (1 - (1 - zt)^m) / t.
template <class V>
struct complement_factor {
  V m, z;
  HYPGEO_INLINE V operator()(const peak<V>& p, const node<V>& n) const {
    const V t = max(p.t.hi * exp(n.x) / n.a, splat<V>(0x1p-900));
    const V u = max(splat<V>(1.0) - z * t, splat<V>(0x1p-100));
    return -expm1(max(m * log1p(-z * t, u), splat<V>(-100.0))) / t;
  }
};

// The exponent of t^b (1-t)^d alone, right for x far to the left too, where 1 + E would have lost e^x.
struct plain_exponent {
  template <class V, int N>
  HYPGEO_INLINE void operator()(const peak<V>& p, const node<V> (&n)[N], V (&out)[N]) const {
    for (int k = 0; k < N; ++k) {
      const V inverse = splat<V>(1.0) / n[k].a;
      const V v1 = times(p.one_minus_t, n[k].E) * inverse, v2 = -n[k].tE * inverse;
      const V psi1 = log1p_defect(v1, exp(n[k].x) * inverse), psi2 = log1p_defect(v2, inverse);
      out[k] = -(p.b * psi1 + p.d * psi2);
    }
  }
};

// The factor leaves |Im x| < pi / 2 as the strip where the integrand is bounded, and a plateau between
// t = 1 / (m z) and the peak: equal steps, of x or of standard deviations, over all of it.
constexpr double complement_step = 0.25;
constexpr double complement_step_of_peak = 0.3;

// E_{b,d}[1 - (1 - zT)^m] = b/c E_{b+1,d}[(1 - (1 - zT)^m) / T], d >= 1.
HYPGEO_OUTLINE double complement_quadrature(double m, double b, double c, double z) {
  euler_integral<double> e = euler_home(0.0, b, c, z);
  e.b = add(e.b, 1.0);
  e.c = add(e.c, 1.0);
  const saddle_point<double> s = find_saddle(e);
  const peak<double> p = make_peak(e, s);
  const integrand<double, plain_exponent, complement_factor<double>> f{p, {}, {m, z}};
  const double curvature = p.c * p.t.hi * p.one_minus_t.hi;
  const node_map<double> map = {
      min(complement_step, complement_step_of_peak / std::sqrt(curvature)), 0.0, 1.0};
  const double sum = trapezoid(f, map, exponential_tail(map, p.b, p.d)) * beta_normalisation(e);
  return sum * (b / c);
}

// 1 - F, 0 < z <= 1, c > b > 0, where F > 1/2.
template <class V>
HYPGEO_HD inline double home_complement(double m, double b, double c, double z) {
  if (z < 1.0 && (m <= few_terms || m * decay_rate(z) <= medium_series_up_to_d1) &&
      -m * std::log1p(-z) < most_growth)
    return pfaff_difference(m, b, c, z);
  const double d = c - b;
  if (d >= 1.0) return complement_quadrature(m, b, c, z);
  // One of two identities for the density: E_{b,d} = d/c E_{b,d+1} + b/c E_{b+1,d}.
  const double raised = value_at<V>(m, b + 1.0, c + 1.0, z);
  return complement_quadrature(m, b, c + 1.0, z) * (d / c) + (1.0 - raised) * (b / c);
}

HYPGEO_OUTLINE double general_minus_one(double m, double b, double c, double z) {
  if (is_pole(m, c)) return HUGE_VAL;
  const scaled<dd<double>> r = general_value(m, b, c, z);
  if (!is_known(r)) return NAN;
  const double value = unscaled(r.value.hi, r.exponent);
  if (!(value > least_near_one && value < most_near_one)) return value - 1.0;
  const dd<double> f = {value, unscaled(r.value.lo, r.exponent)};
  const dd<double> excess = add(f, -1.0);
  const double error = unscaled(r.error, r.exponent) + 0x1p-106;
  if (error <= abs(excess.hi) * good_enough) return excess.hi;
  const polynomial_problem<dd<double>> p = {
      m, widen(b), widen(c), widen(z), two_sum(1.0, -z), 0};
  scaled<dd<double>> best = {excess, error, 0};
  for (const scaled<dd<double>>& s : {sum_of_terms(p, 0.0), excess_by_degree(p)}) {
    const double e = unscaled(s.error, s.exponent);
    if (e < best.error) best = {{unscaled(s.value.hi, s.exponent), 0.0}, e, 0};
  }
  return best.value.hi;
}

// F - 1 where F, already known, is near 1.
template <class V>
HYPGEO_HD inline double near_one(double m, double b, double c, double z, double value) {
  const double growth = b > c ? b / c : 1.0;
  if (m * abs(z) * growth <= alternating_up_to) return alternating_series(m, b, c, z);
  if (z > 0.0) return -home_complement<V>(m, b, c, z);
  if (value < most_near_one) return general_minus_one(m, b, c, z);
  return value - 1.0;
}

// F - 1 from F, which is not used `outside`.
template <class V>
HYPGEO_HD inline double minus_one_beside(route r, double m, double b, double c, double z,
                                         double value) {
  if (r == route::outside) return general_minus_one(m, b, c, z);
  const bool near = value > least_near_one && value < most_near_one;
  return near && int(r) < packed_routes ? near_one<V>(m, b, c, z, value) : value - 1.0;
}

template <class V>
void minus_one_block(const operands& o, int n) {
  evaluate_block<V, best_route, as_value, scalar_but_outside>(o, n);
  for (int i = 0; i < n; ++i) {
    const double m = o.m[i], b = o.b[i], c = o.c[i], z = o.z[i];
    o.out[i] = minus_one_beside<V>(best_route(m, b, c, z), m, b, c, z, o.out[i]);
  }
}

template <class V>
void evaluate_minus_one(const double* m, const double* b, const double* c, const double* z,
                        double* out, std::size_t n) {
  for_blocks(n, [=](std::size_t i, int count) {
    minus_one_block<V>({m + i, b + i, c + i, z + i, out + i}, count);
  });
}

HYPGEO_END
