// sum_k (-m)_k (beta)_k / ((gamma)_k k!) w^k for any real beta, gamma and any w, in double-double: by
// its terms, and by the recurrence in the degree. Each comes with a bound of its error; where a form
// does not exist, or would take too long, the error is infinite.
#pragma once
#include "scaled.h"

HYPGEO_BEGIN

// Steps one form may take: some tenths of a second.
constexpr double most_general_steps = 1e7;

template <class N>
struct polynomial_problem {
  double m;
  dd<double> beta, gamma;
  N w, one_less_w;
  long long w_exponent;  // w and one_less_w stand for themselves times 2^w_exponent
};

// x + k brought into a range in which products and quotients neither overflow nor underflow.
struct shifted {
  dd<double> value;
  int exponent;
};
HYPGEO_INLINE shifted shift_by(dd<double> x, double k) {
  const dd<double> s = add(x, k);
  const int e = steps_beyond(abs(s.hi));
  if (e == 0) return {s, 0};
  return {scaled_by(s, -e), e};
}

template <class N>
HYPGEO_INLINE scaled<N> unavailable() {
  return {unit<N>::one(), HUGE_VAL, 0};
}

// Adds up terms of any exponent.
template <class N>
struct accumulator {
  N sum;
  double magnitude;  // of the terms
  long long exponent;

  HYPGEO_INLINE void add_term(N term, long long e) {
    for (; exponent < e; exponent += scale_step) {
      sum = times_power_of_two(sum, 0x1p-256);
      magnitude *= 0x1p-256;
    }
    if (e < exponent - scale_step) return;
    const N t = e == exponent ? term : times_power_of_two(term, 0x1p-256);
    sum = add(sum, t);
    magnitude += size(t);
  }
};

template <class N>
HYPGEO_INLINE double size_of_argument(const polynomial_problem<N>& p) {
  return p.w_exponent == 0 ? size(p.w) : std::ldexp(size(p.w), int(p.w_exponent));
}

// Whether from k on the ratio of neighbouring terms stays below 1/2: |beta + k| over k + 1 or over a
// positive gamma + k is at most what it is now, or 1, and (m - k) / (k + 1) falls.
template <class N>
HYPGEO_INLINE bool dies_out(const polynomial_problem<N>& p, double k, double up, double down) {
  const double w = size_of_argument(p), size_up = abs(up);
  if (down > 1.0) {
    const double ratio = size_up > down ? size_up / down : 1.0;
    return ratio * w * (p.m - k) < 0.5 * (k + 1.0);
  }
  // gamma + k is negative, and passes 0 later on, or does not reach it.
  if (p.gamma.hi + p.m > 0.5) {
    const double nearest = abs(add(p.gamma, -std::nearbyint(p.gamma.hi)).hi);
    const double last_up = abs(p.beta.hi + p.m);
    return (size_up > last_up ? size_up : last_up) * w * (p.m - k) < 0.5 * (k + 1.0) * nearest;
  }
  const double ratio = size_up > k + 1.0 ? size_up / (k + 1.0) : 1.0;
  return ratio * w * (p.m - k) < -0.5 * down;
}

// Whether that comes too late, unless beta ends the series before.
template <class N>
HYPGEO_INLINE bool takes_too_long(const polynomial_problem<N>& p) {
  if (p.m <= most_general_steps) return false;
  const double beta = p.beta.hi;
  if (beta <= 0.0 && -beta < most_general_steps && beta == std::floor(beta)) return false;
  const double w = size_of_argument(p);
  if (p.gamma.hi + p.m > 0.5) return w * p.m > most_general_steps;
  return w * (p.m - most_general_steps) > -0.5 * p.gamma.hi;
}

constexpr double series_negligible = 0x1p-110;

template <class N>
HYPGEO_INLINE bool is_negligible(N term, long long exponent, const accumulator<N>& s) {
  const long long gap = exponent - s.exponent;
  if (gap > 0) return false;
  const double t = gap == 0 ? size(term) : gap < -2000 ? 0.0 : std::ldexp(size(term), int(gap));
  return t <= s.magnitude * series_negligible;
}

// first = 0 leaves out the term 1.
template <class N>
HYPGEO_OUTLINE scaled<N> sum_of_terms(const polynomial_problem<N>& p, double first = 1.0) {
  if (takes_too_long(p)) return unavailable<N>();
  N term = unit<N>::one();
  long long exponent = 0;
  accumulator<N> s = {mul(term, first), first, 0};
  for (double k = 0.0; k < p.m; k += 1.0) {
    if (k >= most_general_steps) return unavailable<N>();
    const shifted up = shift_by(p.beta, k), down = shift_by(p.gamma, k);
    if (up.value.hi == 0.0) break;
    if (down.value.hi == 0.0) return unavailable<N>();
    const dd<double> ratio = div(mul(up.value, k - p.m), mul(down.value, k + 1.0));
    term = mul(mul(term, p.w), ratio);
    exponent += up.exponent - down.exponent + p.w_exponent;
    const scaled<N> t = normalised(scaled<N>{term, 0.0, exponent});
    term = t.value;
    exponent = t.exponent;
    s.add_term(term, exponent);
    if (is_negligible(term, exponent, s) &&
        dies_out(p, k + 1.0, up.value.hi + 1.0, down.value.hi + 1.0))
      break;
  }
  const double steps = p.m < most_general_steps ? p.m : most_general_steps;
  return normalised(scaled<N>{s.sum, (steps + 8.0) * dd_eps * s.magnitude, s.exponent});
}

// p_n = F(-n, beta; gamma; w) and d_n = p_{n+1} - p_n (DLMF 15.5.11):
//   (gamma + n) d_n = n (1 - w) d_{n-1} - beta w p_n.
template <class N>
struct recurrence_state {
  N p, step;
  N excess;  // p - 1 without cancellation, as long as exponent is 0
  long long exponent;
};

template <class N, class P>
HYPGEO_OUTLINE recurrence_state<N> recurrence(double m, P beta, P gamma, N w, N one_less_w) {
  recurrence_state<N> s = {unit<N>::one(), unit<N>::zero(), unit<N>::zero(), 0};
  const N beta_w = mul(w, beta);
  for (double n = 0.0; n < m; n += 1.0) {
    const P below = add(gamma, n);
    const N up = sub(mul(mul(s.step, one_less_w), n), mul(s.p, beta_w));
    s.step = div(up, below);
    s.p = add(s.p, s.step);
    s.excess = add(s.excess, s.step);
    const double most = size(s.p) + size(s.step);
    if (most < 0x1p256 && most > 0x1p-256) continue;
    const double f = most >= 0x1p256 ? 0x1p-256 : most > 0.0 ? 0x1p256 : 1.0;
    s.p = times_power_of_two(s.p, f);
    s.step = times_power_of_two(s.step, f);
    s.exponent += exponent_of(f);
  }
  return s;
}

// By how much a run in double, `rough`, is off where the other one is at `exponent`.
template <class N, class R>
HYPGEO_OUTLINE double rough_error(N exact, long long exponent, R rough, long long rough_exponent) {
  for (; rough_exponent < exponent; rough_exponent += scale_step)
    rough = times_power_of_two(rough, 0x1p-256);
  for (; rough_exponent > exponent; rough_exponent -= scale_step)
    rough = times_power_of_two(rough, 0x1p256);
  return size(sub(leading(exact), rough));
}

// The run in double shows by how much rounding is amplified; once it is off by everything it no
// longer tells how far the other one is.
constexpr double most_rough_error = 0x1p-6;
constexpr double error_of_rough_error = 0x1p-45;

template <class N>
HYPGEO_OUTLINE scaled<N> by_degree(const polynomial_problem<N>& p) {
  if (p.m > most_general_steps || p.w_exponent != 0) return unavailable<N>();
  const auto s = recurrence(p.m, p.beta, p.gamma, p.w, p.one_less_w);
  const auto rough = recurrence(p.m, p.beta.hi, p.gamma.hi, leading(p.w), leading(p.one_less_w));
  const double off = rough_error(s.p, s.exponent, rough.p, rough.exponent);
  const double amplitude = size(s.p) + size(s.step);
  if (!(off <= amplitude * most_rough_error)) return unavailable<N>();
  const double error = off * error_of_rough_error + amplitude * (p.m + 8.0) * dd_eps;
  return normalised(scaled<N>{s.p, error, s.exponent});
}

// The same for the sum less one.
template <class N>
HYPGEO_OUTLINE scaled<N> excess_by_degree(const polynomial_problem<N>& p) {
  if (p.m > most_general_steps || p.w_exponent != 0) return unavailable<N>();
  const auto s = recurrence(p.m, p.beta, p.gamma, p.w, p.one_less_w);
  const auto rough = recurrence(p.m, p.beta.hi, p.gamma.hi, leading(p.w), leading(p.one_less_w));
  if (s.exponent != 0 || rough.exponent != 0) return unavailable<N>();
  const double off = size(sub(leading(s.excess), rough.excess));
  if (!(off <= size(s.excess) * most_rough_error)) return unavailable<N>();
  const double error = off * error_of_rough_error + size(s.excess) * (p.m + 8.0) * dd_eps;
  return {s.excess, error, 0};
}

HYPGEO_END
