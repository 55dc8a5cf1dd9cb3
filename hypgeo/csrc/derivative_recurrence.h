// The derivatives of F(-m, beta; gamma; w) in beta and gamma by the recurrence in the degree.
//
// With delta_n = F(n+1) - F(n), 15.5.11 reads
//   (gamma + n) delta_n = n (1 - w) delta_{n-1} - beta w F(n);
// its derivatives have the further terms -w F(n) and -delta_n. The last differences give F_w:
//   w F_w = m delta_{m-1},  w^2 F_ww = m (m-1) (delta_{m-1} - delta_{m-2})  (15.5.3).
#pragma once
#include "derivative_jet.h"
#include "scaled.h"

HYPGEO_BEGIN

// Beyond this degree an element would take longer than a tenth of a second.
constexpr double most_slope_steps = 1e6;

// The arguments of a polynomial of degree m; q = 1 - w.
template <class N>
struct slope_problem {
  double m;
  N beta, gamma, w, q;
};

// F, its derivatives in beta and gamma, and the last differences of these, all over 2^exponent.
template <class N>
struct slope_state {
  N value, beta, gamma;
  N step, step_beta, step_gamma;
  N bend;  // the last second difference of F
  long long exponent;
};

template <class N>
HYPGEO_INLINE void shrink_slopes(slope_state<N>& s) {
  const double total = size(s.value) + size(s.beta) + size(s.gamma) + size(s.step) +
                       size(s.step_beta) + size(s.step_gamma);
  const double by = total > 0x1p512 ? 0x1p-512 : total < 0x1p-512 && total > 0.0 ? 0x1p512 : 1.0;
  if (by == 1.0) return;
  const auto scale = [by](N x) { return times_power_of_two(x, by); };
  s = {scale(s.value),     scale(s.beta),       scale(s.gamma), scale(s.step),
       scale(s.step_beta), scale(s.step_gamma), scale(s.bend),  s.exponent};
  s.exponent += by < 1.0 ? 512 : -512;
}

// N is double or dd<double>.
template <class N>
HYPGEO_OUTLINE slope_state<N> run_slopes(const slope_problem<N>& p) {
  const N zero = unit<N>::zero(), minus_w = neg(p.w), minus_beta_w = mul(p.beta, minus_w);
  slope_state<N> s = {unit<N>::one(), zero, zero, zero, zero, zero, zero, 0};
  for (double n = 0; n < p.m; n += 1) {
    const N below = add(p.gamma, n), nq = mul(p.q, n);
    const N step = div(add(mul(nq, s.step), mul(minus_beta_w, s.value)), below);
    const N along_beta = add(mul(minus_beta_w, s.beta), mul(minus_w, s.value));
    s.step_beta = div(add(mul(nq, s.step_beta), along_beta), below);
    const N along_gamma = sub(mul(minus_beta_w, s.gamma), step);
    s.step_gamma = div(add(mul(nq, s.step_gamma), along_gamma), below);
    s.bend = sub(step, s.step);
    s.step = step;
    s.value = add(s.value, s.step);
    s.beta = add(s.beta, s.step_beta);
    s.gamma = add(s.gamma, s.step_gamma);
    shrink_slopes(s);
  }
  return s;
}

// The run in double that shows by how much rounding grows. Its arguments are a few roundings off:
// at the arguments themselves it may happen to be exact.
HYPGEO_INLINE slope_state<double> run_coarse_slopes(const slope_problem<dd<double>>& p) {
  return run_slopes<double>({p.m, p.beta.hi * (1 + 0x1p-50), p.gamma.hi * (1 - 0x1p-51),
                             p.w.hi * (1 + 0x1p-51), p.q.hi * (1 - 0x1p-51)});
}

// A number over 2^exponent and the estimate of its error, absolute on the same scale.
struct rough_number {
  dd<double> value;
  double error;
};

// The error of the double-double run over that of the double run is far below this.
constexpr double error_of_coarse_error = 0x1p-43;

HYPGEO_INLINE rough_number compare(dd<double> fine, double coarse, long long exponents_apart) {
  return {fine, abs(unscaled(coarse, exponents_apart) - fine.hi) * error_of_coarse_error};
}

// F and its derivatives in beta and gamma, over 2^exponent.
struct form_slopes {
  rough_number value, beta, gamma;
  long long exponent;
};

HYPGEO_INLINE form_slopes compare(const slope_state<dd<double>>& f,
                                  const slope_state<double>& g) {
  const long long apart = g.exponent - f.exponent;
  return {compare(f.value, g.value, apart), compare(f.beta, g.beta, apart),
          compare(f.gamma, g.gamma, apart), f.exponent};
}

struct slope_series {
  form_slopes slopes;
  double terms;
};

// The same by the terms of 15.2.1, for what the recurrence has lost: it goes through functions of
// lower degree, which are near their poles where gamma is near -m. With `stops` it ends where the terms no
// longer matter: whoever asks for that knows whether they rise again.
HYPGEO_OUTLINE slope_series slope_series_of(const slope_problem<dd<double>>& p, bool stops) {
  constexpr double most_terms = 1e5;
  const dd<double> zero = widen(0.0), one = widen(1.0);
  dd<double> term = one, by_beta = zero, by_gamma = zero;
  double terms = 0;
  form_slopes s = {{one, 1.0}, {zero, 0.0}, {zero, 0.0}, 0};
  for (double k = 0; k < p.m; k += 1) {
    const dd<double> below = add(p.gamma, k), up = add(p.beta, k);
    const dd<double> ratio = div(mul(p.w, k - p.m), mul(below, k + 1.0));
    by_beta = mul(add(mul(by_beta, up), term), ratio);
    const dd<double> next = mul(mul(term, up), ratio);
    by_gamma = sub(mul(mul(by_gamma, up), ratio), div(next, below));
    term = next;
    s.value = {add(s.value.value, term), s.value.error + size(term)};
    s.beta = {add(s.beta.value, by_beta), s.beta.error + size(by_beta)};
    s.gamma = {add(s.gamma.value, by_gamma), s.gamma.error + size(by_gamma)};
    const double most = s.value.error + s.beta.error + s.gamma.error;
    terms += 1;
    if (!(most < 0x1p900) || (stops && terms > most_terms))
      return {{{zero, HUGE_VAL}, {zero, HUGE_VAL}, {zero, HUGE_VAL}, 0}, terms};
    if (stops && size(by_beta) + size(by_gamma) <= 0x1p-120 * (s.beta.error + s.gamma.error)) break;
  }
  const double rounding = (4 * terms + 16) * dd_eps;
  s.value.error *= rounding;
  s.beta.error *= rounding;
  s.gamma.error *= rounding;
  return {s, terms};
}

HYPGEO_INLINE form_slopes slopes_by_series(const slope_problem<dd<double>>& p) {
  return slope_series_of(p, false).slopes;
}

HYPGEO_END
