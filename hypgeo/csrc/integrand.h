// Euler's integrand relative to its saddle point, in the two forms that keep full precision.
//
// With E = e^(x - x*) - 1:
//   t/t* = (1 + E) / (1 + tE),  (1-t)/(1-t*) = 1 / (1 + tE),
//   (1-zt)/(1-zt*) = (1 + sE) / (1 + tE) = 1 / (1 + kappa E / (1 + sE)).
#pragma once
#include "raise.h"
#include "saddle.h"
#include "trapezoid.h"

HYPGEO_BEGIN

template <class V>
struct peak {
  V m, b, d, c;
  // Double-double, because their rounding would enter at every node alike and not average out.
  dd<V> t, one_minus_t, s, kappa;
  V slope;
  V y, one_minus_y;  // at the saddle; see raise.h
};

// (a.hi + a.lo) x, and that plus one, rounded once.
template <class V>
HYPGEO_INLINE V times(dd<V> a, V x) {
  return mul_add(a.hi, x, a.lo * x);
}
template <class V>
HYPGEO_INLINE V one_plus_times(dd<V> a, V x) {
  return mul_add(a.hi, x, mul_add(a.lo, x, splat<V>(1.0)));
}

template <class V>
HYPGEO_INLINE peak<V> make_peak(const euler_integral<V>& e, const saddle_point<V>& s) {
  peak<V> p;
  const dd<V> rho = widen(s.rho), one = widen(splat<V>(1.0));
  const dd<V> onep = two_sum(splat<V>(1.0), s.rho);
  const dd<V> q_rho = mul(e.q, s.rho);
  const dd<V> qp = add(q_rho, one);
  const dd<V> y = div(e.z, qp);
  p.m = e.m;
  p.b = e.b.hi;
  p.d = e.d.hi;
  p.c = e.c.hi;
  p.t = div(rho, onep);
  p.one_minus_t = div(one, onep);
  p.s = div(q_rho, qp);
  p.kappa = mul(p.t, y);
  p.y = y.hi;
  p.one_minus_y = e.q.hi * onep.hi / qp.hi;
  p.slope = s.slope;
  return p;
}

template <class V>
HYPGEO_INLINE node_map<V> fitted_map(const euler_integral<V>& e, const peak<V>& p) {
  const V t = p.t.hi, u = p.one_minus_t.hi, s = p.s.hi, k = p.m * p.kappa.hi, ctu = p.c * t * u;
  const V curvature = ctu + k * (u - s);
  const V skew = ctu * (u - t) + k * (1.0 - 3.0 * (t + s) + 2.0 * ((t + s) * (t + s) - t * s));
  return fitted_map(curvature, skew, is_flat_at_one(e.m, e.b.hi, e.z.hi, e.q.hi) & (skew < 0.0));
}

// What the forms of the integrand share at one node.
template <class V>
struct node {
  V x, E;
  V tE, a;  // a = 1 + tE
  V v;      // 1 / (1 + sE) = y / y*
};

template <class V>
HYPGEO_INLINE node<V> make_node(const peak<V>& p, V x, V E) {
  return {x, E, times(p.t, E), one_plus_times(p.t, E), splat<V>(1.0) / one_plus_times(p.s, E)};
}

// Log of the integrand for b of at most some dozens: two logarithms.
struct light_exponent {
  template <class V, int N>
  HYPGEO_INLINE void operator()(const peak<V>& p, const node<V> (&n)[N], V (&out)[N]) const {
    V x[N], u[N], log_a[N], log_k[N];
    for (int k = 0; k < N; ++k) {
      x[k] = n[k].tE;
      u[k] = n[k].a;
    }
    log1p(x, u, log_a);
    for (int k = 0; k < N; ++k) {
      x[k] = times(p.kappa, n[k].E) * n[k].v;
      u[k] = x[k] + 1.0;
    }
    log1p(x, u, log_k);
    for (int k = 0; k < N; ++k)
      out[k] = (p.b + p.slope) * n[k].x - p.c * log_a[k] - p.m * log_k[k];
  }
};

// The same for any b: in terms of psi(v) = v - log(1+v) all three parts have one sign and each is
// as small as the whole, so nothing cancels however large b, d and m are.
struct heavy_exponent {
  template <class V, int N>
  HYPGEO_INLINE void operator()(const peak<V>& p, const node<V> (&n)[N], V (&out)[N]) const {
    V inverse[N], v[N], u[N], psi[N];
    for (int k = 0; k < N; ++k) {
      inverse[k] = splat<V>(1.0) / n[k].a;
      v[k] = times(p.one_minus_t, n[k].E) * inverse[k];
      u[k] = (n[k].E + 1.0) * inverse[k];
    }
    log1p_defect(v, u, psi);
    for (int k = 0; k < N; ++k) {
      out[k] = p.b * psi[k];
      v[k] = -n[k].tE * inverse[k];
    }
    log1p_defect(v, inverse, psi);
    for (int k = 0; k < N; ++k) {
      out[k] = out[k] + p.d * psi[k];
      v[k] = -times(p.kappa, n[k].E) * inverse[k];
      u[k] = one_plus_times(p.s, n[k].E) * inverse[k];
    }
    log1p_defect(v, u, psi);
    for (int k = 0; k < N; ++k)
      out[k] = p.slope * (n[k].E * inverse[k]) - (out[k] + p.m * psi[k]);
  }
};

// Factors beside the power: 1, p_n(y), or r_n(t) (raise.h).
struct no_factor {
  template <class V>
  HYPGEO_INLINE V operator()(const peak<V>&, const node<V>&) const {
    return splat<V>(1.0);
  }
};

// p(y) = 1 + slope v; slope is 0 where b was not raised.
template <class V>
struct linear_factor {
  V slope;
  HYPGEO_INLINE V operator()(const peak<V>&, const node<V>& n) const {
    return mul_add(slope, n.v, splat<V>(1.0));
  }
};

template <class V>
struct split_factor {
  V slope;
  HYPGEO_INLINE V operator()(const peak<V>& p, const node<V>& n) const {
    const V u = max(p.one_minus_y * n.a * n.v, splat<V>(0x1p-1000));
    const V power = max(p.m * log1p(-p.y * n.v, u), splat<V>(-100.0));  // (1 - y)^m
    return mul_add(slope, n.v, -expm1(power)) * (n.a / p.one_minus_t.hi);
  }
};

constexpr double least_exponent = -690.0;  // far below anything that adds to a sum

template <class V, class Exponent, class Factor>
struct integrand {
  const peak<V>& p;
  Exponent exponent;
  Factor factor;

  template <int N>
  HYPGEO_INLINE void operator()(const rule_point<V> (&at)[N], V (&value)[N]) const {
    node<V> n[N];
    for (int k = 0; k < N; ++k) n[k] = make_node(p, at[k].x, at[k].E);
    exponent(p, n, value);
    for (int k = 0; k < N; ++k) value[k] = exp(max(value[k], splat<V>(least_exponent)));
    for (int k = 0; k < N; ++k) value[k] = value[k] * factor(p, n[k]);
  }
};

HYPGEO_END
