// The polynomial at any precision, for the arguments at which every form loses more digits than
// double-double has: by the recurrence in the degree (DLMF 15.5.11) and by the sum of one form. Host
// only.
#pragma once
#include "general.h"
#include "wide.h"

HYPGEO_BEGIN

// Real or complex z, as doubles.
struct exact_real {
  double re;
};
struct exact_complex {
  double re, im;
};

#ifdef HYPGEO_HAS_WIDE

template <class Z>
struct wide_number;
template <>
struct wide_number<exact_real> {
  using type = wide;
};
template <>
struct wide_number<exact_complex> {
  using type = complex_of<wide>;
};
template <class Z>
using number_for = typename wide_number<Z>::type;

inline wide negated(wide x) {
  x.negative = !x.negative;
  return x;
}
inline complex_of<wide> negated(const complex_of<wide>& x) { return {negated(x.re), negated(x.im)}; }
inline complex_of<wide> mul(const complex_of<wide>& x, double y) {
  return {mul(x.re, y), mul(x.im, y)};
}
inline wide mul(const wide& x, exact_real z) { return mul(x, z.re); }
inline complex_of<wide> mul(const complex_of<wide>& x, exact_complex z) {
  return {add(mul(x.re, z.re), negated(mul(x.im, z.im))), add(mul(x.re, z.im), mul(x.im, z.re))};
}
inline wide whole_number(exact_real, double x, std::size_t limbs) { return make_wide(x, limbs); }
inline complex_of<wide> whole_number(exact_complex, double x, std::size_t limbs) {
  return {make_wide(x, limbs), make_wide(0.0, limbs)};
}

// (c)_m F free of division: P_{n+1} = (2n + c - (b + n) z) P_n - n (1 - z) (c + n - 1) P_{n-1}.
template <class N, class Z>
N recurrence_step(const N& old, const N& older, double n, double b, double c, Z z) {
  const N up = add(mul(old, b), mul(old, n));
  const N middle = add(add(mul(old, 2.0 * n), mul(old, c)), negated(mul(up, z)));
  const N below = mul(add(mul(older, c), mul(older, n - 1.0)), n);
  return add(middle, add(mul(below, z), negated(below)));
}

template <class Z>
number_for<Z> wide_recurrence(double m, double b, double c, Z z, std::size_t limbs) {
  using number = number_for<Z>;
  number older = whole_number(z, 0.0, limbs), old = whole_number(z, 1.0, limbs);
  for (double n = 0.0; n < m; n += 1.0) {
    const number next = recurrence_step(old, older, n, b, c, z);
    older = old;
    old = next;
  }
  return old;
}

// The leading digits as a double-double number.
inline scaled<dd<double>> narrow(wide x) {
  const double hi = leading(x);
  if (hi == 0.0) return {widen(0.0), 0.0, 0};
  const long long e = scale(x);
  wide rest = make_wide(-hi, x.limb.size());
  rest.exponent += e;
  const wide low = add(x, rest);
  const double lo = low.is_zero() ? 0.0 : std::ldexp(leading(low), int(scale(low) - e));
  return {quick_two_sum(hi, lo), 0.0, e};
}
inline scaled<complex_of<dd<double>>> narrow(const complex_of<wide>& x) {
  scaled<dd<double>> re = narrow(x.re), im = narrow(x.im);
  const long long e = re.value.hi == 0.0   ? im.exponent
                      : im.value.hi == 0.0 ? re.exponent
                                           : (re.exponent > im.exponent ? re.exponent : im.exponent);
  const double r = re.exponent < e - 1000 ? 0.0 : std::ldexp(1.0, int(re.exponent - e));
  const double i = im.exponent < e - 1000 ? 0.0 : std::ldexp(1.0, int(im.exponent - e));
  return {{times_power_of_two(re.value, r), times_power_of_two(im.value, i)}, 0.0, e};
}

// 1 / (c)_m.
inline scaled<dd<double>> inverse_pochhammer(double m, double c) {
  scaled<dd<double>> r = {widen(1.0), 0.0, 0};
  for (double k = 0.0; k < m; k += 1.0) {
    const shifted factor = shift_by(widen(c), k);
    r = normalised(scaled<dd<double>>{div(r.value, factor.value), 0.0, r.exponent - factor.exponent});
  }
  r.error = abs(r.value.hi) * (m + 8.0) * dd_eps;
  return r;
}

// |x - y| / |y|.
template <class N>
double relative_difference(const scaled<N>& x, const scaled<N>& y) {
  const long long gap = x.exponent - y.exponent;
  if (gap > 64 || gap < -64) return HUGE_VAL;
  const N moved = times_power_of_two(x.value, std::ldexp(1.0, int(gap)));
  const double off = size(sub(moved, y.value)) / size(y.value);
  return off == off ? off : 0.0;  // both are zero
}

// x times p[0] + p[1] + ... + k, exactly taken.
template <class N>
N mul_sum(const N& x, const double (&p)[3], double k) {
  N r = mul(x, p[0] + k);  // p[0] is a whole number
  for (int i = 1; i < 3; ++i)
    if (p[i] != 0.0) r = add(r, mul(x, p[i]));
  return r;
}

// x times z, 1 - z or 1, with a sign.
enum class factor { one, z, minus_z, one_less_z, minus_one_less_z };
template <class N, class Z>
N mul_factor(const N& x, Z z, factor f) {
  switch (f) {
    case factor::one: return x;
    case factor::z: return mul(x, z);
    case factor::minus_z: return negated(mul(x, z));
    case factor::one_less_z: return add(x, negated(mul(x, z)));
    default: return add(mul(x, z), negated(x));
  }
}

// One of the equivalent polynomials, as sums of doubles: the first of each is a whole number.
struct wide_form {
  double beta[3], gamma[3];
  factor up, down;  // of w
};

inline wide_form wide_form_of(int form, double m, double b, double c) {
  const double n = 1.0 - m;
  switch (form) {
    case 2: return {{0, b, 0}, {n, b, -c}, factor::one_less_z, factor::one};
    case 3: return {{0, c, -b}, {0, c, 0}, factor::minus_z, factor::one_less_z};
    case 4: return {{n, -c, 0}, {n, -b, 0}, factor::one, factor::z};
    case 7: return {{n, -c, 0}, {n, b, -c}, factor::minus_one_less_z, factor::z};
    case 8: return {{0, c, -b}, {n, -b, 0}, factor::one, factor::one_less_z};
    default: return {{0, b, 0}, {0, c, 0}, factor::z, factor::one};
  }
}

// The sum by Horner's rule from its last term as a fraction: both parts without division.
template <class N>
struct fraction {
  N up, down;
};
template <class Z>
fraction<number_for<Z>> wide_series(const wide_form& f, double m, Z z, std::size_t limbs) {
  using number = number_for<Z>;
  number up = whole_number(z, 1.0, limbs), down = up;
  for (double k = m - 1.0; k >= 0.0; k -= 1.0) {
    const number term = mul(mul_factor(mul_sum(up, f.beta, k), z, f.up), k - m);
    down = mul(mul_factor(mul_sum(down, f.gamma, k), z, f.down), k + 1.0);
    up = add(down, term);
  }
  return {up, down};
}

template <class Z>
auto wide_value(const wide_form& f, double m, Z z, std::size_t limbs) {
  const auto s = wide_series(f, m, z, limbs);
  auto up = narrow(s.up);
  const auto down = narrow(s.down);
  up.value = div(up.value, down.value);
  up.exponent -= down.exponent;
  return normalised(up);
}

// Limbs times steps: seconds.
constexpr double most_wide_work = 1e8;
constexpr std::size_t first_limbs = 3;

// Doubles the precision until it no longer matters, by the recurrence and by that sum which cancels
// least; `start`, with its error, where that takes too long.
template <class N, class Z>
scaled<N> widened(const general_forms<N>& forms, double m, double b, double c, Z z,
                  const scaled<N>& start) {
  const int form = forms.best_series();
  const wide_form f = wide_form_of(form, m, b, c);
  scaled<N> last = unavailable<N>(), last_sum = last;
  for (std::size_t limbs = first_limbs; m * double(limbs) <= most_wide_work; limbs *= 2) {
    const scaled<N> next = narrow(wide_recurrence(m, b, c, z, limbs));
    if (last.error != HUGE_VAL && relative_difference(last, next) < 0x1p-6)
      return times(scaled<N>{next.value, size(next.value) * dd_eps, next.exponent},
                   inverse_pochhammer(m, c));
    last = {next.value, 0.0, next.exponent};
    const scaled<N> sum = wide_value(f, m, z, limbs);
    if (last_sum.error != HUGE_VAL && relative_difference(last_sum, sum) < 0x1p-6)
      return forms.with_front(form, scaled<N>{sum.value, size(sum.value) * dd_eps, sum.exponent});
    last_sum = {sum.value, 0.0, sum.exponent};
  }
  return start;
}

#endif

HYPGEO_END
