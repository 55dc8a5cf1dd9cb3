// Terms of the two finite series for F = 2F1(-m, b; c; z), shared by the named baselines.
#pragma once

#include <cmath>

#include "macros.h"

HYPGEO_BEGIN
namespace series {

using index_t = long long;  // k runs to m <= 2^53

template <class Real>
struct Eps;
template <>
struct Eps<double> {
  static constexpr double value = 2.220446049250313e-16;
};
template <>
struct Eps<float> {
  static constexpr float value = 1.1920929e-07f;
};

// value * 2^exponent: (d)_m/(c)_m underflows long before F does when b is large.
template <class Real>
struct Scaled {
  Real value;
  index_t exponent;
};

template <class Real>
HYPGEO_INLINE void normalise(Scaled<Real>& x) {
  const Real big = Real(4294967296.0), small = Real(1) / big;  // 2^32, exact in float too
  const Real size = x.value < 0 ? -x.value : x.value;
  if (size > big) {
    x.value *= small;
    x.exponent += 32;
  } else if (size < small) {
    x.value *= big;
    x.exponent -= 32;
  }
}

template <class Real>
HYPGEO_INLINE Real unscale(Real value, index_t exponent) {
  const index_t far = 100000;  // beyond every exponent range, inside int
  exponent = exponent > far ? far : (exponent < -far ? -far : exponent);
  return std::ldexp(value, static_cast<int>(exponent));
}

// |t| (q + q^2 + ...) bounds what is left out; a quarter eps of the sum cannot change it by an ulp.
template <class Real>
HYPGEO_INLINE bool tail_below_eps(Real term, Real sum, Real q) {
  const Real t = term < 0 ? -term : term, s = sum < 0 ? -sum : sum;
  return q < 1 && t * q <= Eps<Real>::value / 4 * s * (1 - q);
}

// DLMF 15.2.1: t_{k+1}/t_k = (k-m)(b+k) z / ((c+k)(k+1)).
template <class Real>
struct DirectTerms {
  Real m, b, c, z;

  HYPGEO_INLINE Real ratio(index_t k) const {
    const Real x = Real(k);
    return (x - m) * (b + x) / ((c + x) * (x + 1)) * z;
  }

  // For b+k, c+k > 0 every later |ratio| is below q: (m-k)/(k+1) falls, (b+k)/(c+k) tends to 1.
  HYPGEO_INLINE bool done(Real term, Real sum, index_t k) const {
    const Real x = Real(k);
    if (!(b + x > 0 && c + x > 0)) return false;
    const Real tilt = (b + x) / (c + x), size = z < 0 ? -z : z;
    return tail_below_eps(term, sum, size * (m - x) / (x + 1) * (tilt > 1 ? tilt : Real(1)));
  }
};

// DLMF 15.8.7: F = (d)_m/(c)_m 2F1(-m, b; 1-d-m; 1-z), d = c-b;
// t_{k+1}/t_k = (m-k)(b+k)(1-z) / ((k+1)(d+m-1-k)), positive in the home domain.
template <class Real>
struct ReflectedTerms {
  Real m, b, d, w, w_low;  // w + w_low = 1 - z: an error of w alone would grow with k

  HYPGEO_HD ReflectedTerms(Real m_, Real b_, Real c_, Real z)
      : m(m_), b(b_), d(c_ - b_), w(1 - z), w_low((1 - (1 - z)) - z) {}

  HYPGEO_INLINE Real base(index_t k) const {
    const Real x = Real(k);
    return (m - x) * (b + x) / ((x + 1) * (d + (m - 1 - x)));
  }
  HYPGEO_INLINE Real with_z(Real r) const { return r * w + r * w_low; }
  HYPGEO_INLINE Real ratio(index_t k) const { return with_z(base(k)); }

  // (b+k)/(k+1) tends to 1 monotonically. prod_{j>=k} (m-j)/(d+m-1-j) is at most 1 for d >= 1
  // and at most (m-k)/d for 0 < d < 1, which is the growth the tail can still have.
  HYPGEO_INLINE bool done(Real term, Real sum, index_t k) const {
    const Real x = Real(k);
    if (!(b > 0 && d > 0 && w >= 0)) return false;
    if (!(term <= Eps<Real>::value * sum)) return false;  // cheap test first
    const Real tilt = (b + x) / (x + 1), q = w * (tilt > 1 ? tilt : Real(1));
    const Real growth = d < 1 ? (m - x) / d : Real(1);
    return tail_below_eps(term * growth, sum, q);
  }
};

// Degree of the polynomial as a loop bound; a value that no loop can finish is cut at 2^62.
template <class Real>
HYPGEO_INLINE index_t degree(Real m) {
  return m < Real(4.6e18) ? static_cast<index_t>(m) : index_t(1) << 62;
}

// (d)_m/(c)_m as a plain product, no logarithms; O(m).
template <class Real>
HYPGEO_HD Scaled<Real> prefactor(Real m, Real b, Real c) {
  Scaled<Real> p = {1, 0};
  const Real d = c - b;
  const index_t count = degree(m);
  for (index_t j = 0; j < count; ++j) {
    p.value *= (d + Real(j)) / (c + Real(j));
    normalise(p);
    if (p.value == 0 || p.value != p.value) break;
  }
  return p;
}

}  // namespace series
HYPGEO_END
