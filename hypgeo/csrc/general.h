// Any real b, c and any z, at a cost that grows with m: the equivalent forms of the polynomial in
// double-double, of which the first that keeps its digits is taken, and where all of them cancel the
// recurrence in the degree at higher precision.
#pragma once
#include "polynomial_forms.h"

HYPGEO_BEGIN

// F(-m, b; c; z).
template <class N>
struct general_problem {
  double m, b, c;
  dd<double> d;  // c - b
  N z, q;        // q = 1 - z
};

HYPGEO_INLINE bool is_pole(double m, double c) {
  return c <= 0.0 && c == std::floor(c) && -c < m;
}

// prod_{k<m} (up + k) / (down + k).
HYPGEO_OUTLINE scaled<dd<double>> pochhammer_ratio(double m, dd<double> up, dd<double> down) {
  scaled<dd<double>> r = {widen(1.0), 0.0, 0};
  if (m > most_general_steps) return unavailable<dd<double>>();
  for (double k = 0.0; k < m; k += 1.0) {
    const shifted a = shift_by(up, k), b = shift_by(down, k);
    if (b.value.hi == 0.0) return unavailable<dd<double>>();
    if (a.value.hi == 0.0) return {widen(0.0), 0.0, 0};
    r.value = mul(r.value, div(a.value, b.value));
    r.exponent += a.exponent - b.exponent;
    r = normalised(r);
  }
  r.error = abs(r.value.hi) * (m + 8.0) * dd_eps;
  return r;
}

// x^m by repeated squaring.
template <class N>
HYPGEO_OUTLINE scaled<N> power(N x, double m) {
  scaled<N> base = normalised(scaled<N>{x, 0.0, 0}), r = {unit<N>::one(), 0.0, 0};
  double rest = m;
  while (rest > 0.0) {
    const double half = std::floor(rest / 2);
    if (rest != 2 * half) r = normalised(scaled<N>{mul(r.value, base.value), 0.0, r.exponent + base.exponent});
    base = normalised(scaled<N>{mul(base.value, base.value), 0.0, 2 * base.exponent});
    rest = half;
  }
  r.error = size(r.value) * (2.0 * m + 8.0) * dd_eps;
  return r;
}

template <class N, class F>
HYPGEO_OUTLINE scaled<N> times(const scaled<N>& x, const scaled<F>& y) {
  if (y.error == HUGE_VAL) return unavailable<N>();
  return times(x, y.value, y.error / size(y.value), y.exponent);
}

constexpr double good_enough = 0x1p-56;  // relative error of a double-double form

// The forms, and the factors in front of them: DLMF 15.2.1, 15.8.7, 15.8.1, and 15.8.6 for the
// polynomial reversed.
template <class N>
class general_forms {
 public:
  HYPGEO_INLINE explicit general_forms(const general_problem<N>& problem) : x(problem) {}

  struct choice {
    scaled<N> value;
    int form;
  };
  HYPGEO_OUTLINE choice best() const {
    choice r = {unavailable<N>(), 0};
    for (int i = 0; i < count && !(relative_error(r.value) <= good_enough); ++i) {
      const scaled<N> s = form(i);
      if (!(relative_error(r.value) <= relative_error(s))) r = {s, i};
    }
    return r;
  }

  HYPGEO_INLINE scaled<N> series() const { return form(0); }

  // The one of the sums (not recurrences) that cancels least.
  HYPGEO_OUTLINE int best_series() const {
    int best = 0;
    double least = HUGE_VAL;
    for (int i = 0; i < count; ++i) {
      if (is_recurrence(i)) continue;
      const double e = relative_error(form(i));
      if (e < least) {
        least = e;
        best = i;
      }
    }
    return best;
  }

  // A value of the polynomial of that form, times what stands in front of it.
  HYPGEO_OUTLINE scaled<N> with_front(int form, const scaled<N>& s) const {
    switch (form) {
      case 0:
      case 1: return s;
      case 2:
      case 5: return times(s, reflection());
      case 3: return times(s, power(x.q, x.m));
      case 4:
      case 6: return times(times(s, reversal()), power(neg(x.z), x.m));
      case 7: return times(times(s, reflection()), power(x.z, x.m));
      default: return times(times(s, reversal()), power(x.q, x.m));
    }
  }

 private:
  static constexpr int count = 9;
  const general_problem<N>& x;

  HYPGEO_INLINE dd<double> reflected_c() const { return sub(widen(1.0 - x.m), x.d); }
  HYPGEO_INLINE dd<double> reversed_b() const { return two_sum(1.0 - x.m, -x.c); }
  HYPGEO_INLINE dd<double> reversed_c() const { return two_sum(1.0 - x.m, -x.b); }
  HYPGEO_INLINE polynomial_problem<N> make(dd<double> beta, dd<double> gamma, N w, N one_less_w) const {
    const int e = steps_beyond(size(w));
    return {x.m, beta, gamma, e == 0 ? w : scaled_by(w, -e), one_less_w, e};
  }
  HYPGEO_INLINE polynomial_problem<N> direct() const { return make(widen(x.b), widen(x.c), x.z, x.q); }
  HYPGEO_INLINE polynomial_problem<N> reflected() const {
    return make(widen(x.b), reflected_c(), x.q, x.z);
  }
  HYPGEO_INLINE polynomial_problem<N> reversed() const {
    const N w = div(unit<N>::one(), x.z);
    return make(reversed_b(), reversed_c(), w, neg(mul(x.q, w)));
  }
  HYPGEO_INLINE scaled<dd<double>> reflection() const {
    return pochhammer_ratio(x.m, x.d, widen(x.c));
  }
  HYPGEO_INLINE scaled<dd<double>> reversal() const {
    return pochhammer_ratio(x.m, widen(x.b), widen(x.c));
  }
  static HYPGEO_INLINE bool is_recurrence(int form) { return form == 1 || form == 5 || form == 6; }

  HYPGEO_OUTLINE scaled<N> pfaff(const polynomial_problem<N>& p) const {
    const N w = neg(div(p.w, p.one_less_w));
    return sum_of_terms(make(sub(p.gamma, p.beta), p.gamma, w, div(unit<N>::one(), p.one_less_w)));
  }

  HYPGEO_OUTLINE scaled<N> polynomial_of(int form) const {
    switch (form) {
      case 0: return sum_of_terms(direct());
      case 1: return by_degree(direct());
      case 2: return sum_of_terms(reflected());
      case 3: return pfaff(direct());
      case 4: return sum_of_terms(reversed());
      case 5: return by_degree(reflected());
      case 6: return by_degree(reversed());
      case 7: return pfaff(reflected());
      default: return pfaff(reversed());
    }
  }

  HYPGEO_OUTLINE scaled<N> form(int i) const {
    const bool divides = i == 3 || i == 4 || i > 5;
    if (divides && size(x.q) == 0.0) return unavailable<N>();
    const scaled<N> s = polynomial_of(i);
    return s.error == HUGE_VAL ? s : with_front(i, s);
  }
};

HYPGEO_END
