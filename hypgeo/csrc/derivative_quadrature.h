// F and its derivatives by the quadratures of quadrature.h.
#pragma once
#include "derivative_jet.h"
#include "derivative_moments.h"
#include "derivative_nodes.h"
#include "digamma.h"
#include "quadrature.h"

HYPGEO_BEGIN

// E[(1-zT)^m factor] over e^log_height for the T of an euler_integral, and its derivatives in its
// own b (c fixed) and c (b fixed, or, after Pfaff's transformation, d fixed).
template <class V>
struct base_derivatives {
  V value, along_b, along_c;
};

template <class V, bool Pfaff>
HYPGEO_INLINE base_derivatives<V> base_jet(const euler_integral<V>& e, const saddle_point<V>& s,
                                           const moments<V>& sums) {
  const digamma_parts<V> b = split_digamma(e.b), c = split_digamma(e.c), d = split_digamma(e.d);
  const dd<V> rho = widen(s.rho), onep = two_sum(splat<V>(1.0), s.rho);
  // log(T/(1-T)) - psi(b) + psi(d) at the saddle.
  const V shift_x = log_ratio(mul(d.base, rho), b.base) + (b.below - d.below);
  // log(1-T) - psi(d) + psi(c), or log T - psi(b) + psi(c).
  const V shift_log = Pfaff ? log_ratio(mul(c.base, rho), mul(b.base, onep)) + (b.below - c.below)
                            : log_ratio(c.base, mul(d.base, onep)) + (d.below - c.below);
  return {sums.value, mul_add(shift_x, sums.value, sums.first),
          mul_add(shift_log, sums.value, sums.second)};
}

// From an expectation over all of [0, 1]; n and c as in factor_constants, z that of the caller.
template <class V, bool Pfaff>
HYPGEO_INLINE jet<V> whole_jet(const euler_integral<V>& e, const saddle_point<V>& s,
                               const moments<V>& sums, V n, V b, V c, V z) {
  const base_derivatives<V> base = base_jet<V, Pfaff>(e, s, sums);
  const V one = splat<V>(1.0), d_c = base.along_c - sums.slope / c;
  const V q = Pfaff ? one - z : one;
  const V head = e.m / q * (Pfaff ? one : select(n > 0.0, b / c, one));
  return {base.value, Pfaff ? -base.along_b : base.along_b, d_c, -head * sums.z,
          head * (e.m - 1.0) / q * sums.zz};
}

template <class V, bool Pfaff>
struct factors_of;
template <class V>
struct factors_of<V, false> {
  using whole = home_factors<V>;
  using split = split_home_factors<V>;
};
template <class V>
struct factors_of<V, true> {
  using whole = negative_factors<V>;
  using split = split_negative_factors<V>;
};

template <class V, bool Pfaff>
HYPGEO_INLINE euler_integral<V> euler_of(V m, V b, V c, V z) {
  return Pfaff ? euler_negative(m, b, c, z) : euler_home(m, b, c, z);
}

// Minus the second derivative of the log of the integrand, as in fitted_map.
template <class V>
HYPGEO_INLINE V curvature_at(const peak<V>& p) {
  const V u = p.one_minus_t.hi;
  return mul_add(p.c * p.t.hi, u, p.m * p.kappa.hi * (u - p.s.hi));
}

constexpr double moments_enough = 0x1p-58;

template <class V, bool Pfaff>
HYPGEO_HD jet<V> gamma_like_jet(V m, V b, V c, V z, const shared_nodes* shared) {
  euler_integral<V> e = euler_of<V, Pfaff>(m, b, c, z);
  const dd<V> c_before = e.c;
  const V n = raise_b(e), enough = splat<V>(moments_enough);
  const saddle_point<V> s = find_saddle(e);
  const peak<V> p = make_peak(e, s);
  using factors = typename factors_of<V, Pfaff>::whole;
  const factors with{make_constants(p, e.z.hi, n, c, raised_slope(e, s, n, c_before))};
  const moment_integrand<V, light_logs<Pfaff>, factors> f{p, {}, with, e.m};
  moments<V> sums;
  if (!(shared != nullptr && shared_moments(f, *shared, enough, sums)))
    sums = trapezoid_moments(f, moments_map(p.b), enough);
  sums.scale(beta_normalisation(e));
  return exponential_scale<V>(s.log_height)(whole_jet<V, Pfaff>(e, s, sums, n, b, c, z));
}

template <class V, bool Pfaff, class Logs, class Factors>
HYPGEO_INLINE moments<V> heavy_moments(const euler_integral<V>& e, const saddle_point<V>& s, V n,
                                       dd<V> c) {
  const peak<V> p = make_peak(e, s);
  const Factors with{make_constants(p, e.z.hi, n, c.hi, raised_slope(e, s, n, c))};
  const V stiffness = pull_stiffness(p, e.z.hi, e.q.hi);
  const moment_integrand<V, Logs, Factors> f{p, {}, with, stiffness};
  const node_map<V> map = fitted_map(e, p);
  moments<V> sums = trapezoid_moments(f, map, exponential_tail(map, p.b, p.d) * 0.5);
  if (Logs::balanced) balance<V, Pfaff>(p, curvature_at(p), sums);
  sums.scale(beta_normalisation(e));
  return sums;
}

template <class V, bool Pfaff>
HYPGEO_HD jet<V> general_jet(V m, V b, V c, V z) {
  euler_integral<V> e = euler_of<V, Pfaff>(m, b, c, z);
  const dd<V> c_before = e.c;
  const V n = raise_b(e);
  const saddle_point<V> s = find_saddle(e);
  using factors = typename factors_of<V, Pfaff>::whole;
  const moments<V> sums = heavy_moments<V, Pfaff, balanced_logs, factors>(e, s, n, c_before);
  return exponential_scale<V>(s.log_height)(whole_jet<V, Pfaff>(e, s, sums, n, b, c, z));
}

// What the part under the integral of a split expectation adds. With d and c' those before d was
// raised, that part is d / c' E[.], and d may be 0.
template <class V, bool Pfaff>
HYPGEO_INLINE jet<V> split_part(const euler_integral<V>& e, const saddle_point<V>& s,
                                const moments<V>& sums, dd<V> d, V n, V b, V c, V z) {
  const base_derivatives<V> base = base_jet<V, Pfaff>(e, s, sums);
  const V one = splat<V>(1.0);
  const V split_c = c + n, share = d.hi / split_c;
  const V along_b = (d.hi * base.along_b - sums.value) / split_c;
  // d / c' has the derivative b' / c'^2 in c at fixed b, and -d / c'^2 at fixed d.
  const V of_share = (Pfaff ? -d.hi : e.b.hi) / (split_c * split_c);
  const V along_c = mul_add(of_share, sums.value, share * (base.along_c - sums.slope / c));
  const V q = Pfaff ? one - z : one;
  const V head = e.m / q * (Pfaff ? d.hi / c : share * select(n > 0.0, b / c, one));
  return {share * sums.value, Pfaff ? -along_b : along_b, along_c, -head * sums.z,
          head * (e.m - 1.0) / q * sums.zz};
}

// The value at t = 1 joins the value before the scaling, as in small_d_quadrature; `ends` where it
// is not 0.
template <class V>
HYPGEO_INLINE V join_value(const saddle_point<V>& s, dd<V> log_at_1, mask_of<V> ends,
                           V part) {
  const dd<V> above = sub(log_at_1, s.log_height);
  const mask_of<V> alone = above.hi > most_above;
  const V near = min(max(above.hi, splat<V>(-690.0)), splat<V>(most_above));
  const V joined = part + select(ends, exp(near) * (above.lo + 1.0), splat<V>(0.0));
  return exp_scaled(select<V>(alone, log_at_1, s.log_height),
                    select(alone, splat<V>(1.0), joined));
}

template <class V, bool Pfaff>
HYPGEO_HD jet<V> small_d_jet(V m, V b, V c, V z) {
  euler_integral<V> e = euler_of<V, Pfaff>(m, b, c, z);
  const V one = splat<V>(1.0);
  const dd<V> c_before = e.c, d = e.d;
  const V n = raise_b(e);
  e.d = add(e.d, one);
  e.c = add(e.c, one);
  const saddle_point<V> s = find_saddle(e);
  using factors = typename factors_of<V, Pfaff>::split;
  const moments<V> sums = heavy_moments<V, Pfaff, heavy_logs<Pfaff>, factors>(e, s, n, c_before);
  const jet<V> part = split_part<V, Pfaff>(e, s, sums, d, n, b, c, z);
  const dd<V> u = {max(e.power_at_inf.hi, splat<V>(0x1p-1000)), e.power_at_inf.lo};
  const dd<V> log_at_1 = mul(log1p(e.excess_at_inf, u), m);
  jet<V> j = exponential_scale<V>(s.log_height)(part);
  j.value = join_value<V>(s, log_at_1, e.power_at_inf.hi > 0.0, part.value);
  if (Pfaff) return j;
  // The derivatives of (1-z)^m; m > 2 here, so that they vanish with 1 - z.
  const exponential_scale<V> scale(log_at_1);
  const V inverse = select(e.q.hi > 0.0, one / u.hi, splat<V>(0.0));
  const V head = m * (b / c) * inverse;
  j.d_z = j.d_z - scale(head);
  j.d_zz = j.d_zz + scale(head * (m - 1.0) * ((b + 1.0) / (c + 1.0)) * inverse);
  return j;
}

HYPGEO_END
