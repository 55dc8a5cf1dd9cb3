// Euler's integrand with what its derivatives need beside it at each node.
//
// With T ~ Beta(b, d), c = b + d, an expectation has the derivatives
//   d/db E[f] = E[(log(T / (1-T)) - psi(b) + psi(d)) f]     at fixed c,
//   d/dc E[f] = E[(log(1-T) - psi(d) + psi(c)) f]           at fixed b,
// and F_z = -m E[T (1-zT)^(m-1)], F_zz = m (m-1) E[T^2 (1-zT)^(m-2)]. After Pfaff's transformation
// (z < 0) b and d change places: d/dc at fixed b then takes log T - psi(b) + psi(c) of the new b.
#pragma once
#include "integrand.h"

HYPGEO_BEGIN

// The log of the integrand as in integrand.h, with two logs of T relative to the saddle.
template <class V>
struct node_logs {
  V size, first, second;
  V square;  // (t/t* - 1)^2 (1-zt*) / (1-zt), where it is used
};

// first = log(t/(1-t)), second = log(1-t) or, after Pfaff's transformation, log t.
template <bool Pfaff>
struct light_logs {
  static constexpr bool balanced = false;
  template <class V>
  HYPGEO_INLINE node_logs<V> operator()(const peak<V>& p, const node<V>& n) const {
    const V kE = times(p.kappa, n.E) * n.v, log_a = log1p(n.tE, n.a);
    const V size = (p.b + p.slope) * n.x - p.c * log_a - p.m * log1p(kE, kE + 1.0);
    return {size, n.x, Pfaff ? n.x - log_a : -log_a, n.x};
  }
};

template <class V>
struct heavy_parts {
  V v1, v2, psi1, psi2;  // v1 = t/t* - 1, v2 = (1-t)/(1-t*) - 1, psi(v) = v - log(1 + v)
  V size;
};

template <class V>
HYPGEO_INLINE heavy_parts<V> split_exponent(const peak<V>& p, const node<V>& n) {
  const V inverse = splat<V>(1.0) / n.a;
  const V u1 = (n.E + 1.0) * inverse, u3 = one_plus_times(p.s, n.E) * inverse;
  heavy_parts<V> h;
  h.v1 = times(p.one_minus_t, n.E) * inverse;
  h.v2 = -n.tE * inverse;
  const V v3 = -times(p.kappa, n.E) * inverse;
  h.psi2 = log1p_defect(h.v2, inverse);
  // Far to the left u1 has lost its digits, which the logs, unlike the integrand, need.
  h.psi1 = select(n.x < -8.0, ((h.v1 - h.v2) - n.x) + h.psi2, log1p_defect(h.v1, u1));
  h.size = p.slope * (n.E * inverse) -
           (p.b * h.psi1 + p.d * h.psi2 + p.m * log1p_defect(v3, u3));
  return h;
}

// As light_logs, for any b.
template <bool Pfaff>
struct heavy_logs {
  static constexpr bool balanced = false;
  template <class V>
  HYPGEO_INLINE node_logs<V> operator()(const peak<V>& p, const node<V>& n) const {
    const heavy_parts<V> h = split_exponent(p, n);
    return {h.size, n.x, Pfaff ? h.v1 - h.psi1 : h.v2 - h.psi2, n.x};
  }
};

// first = psi(v1), second = psi(v2): balance() in derivative_moments.h has the use.
struct balanced_logs {
  static constexpr bool balanced = true;
  template <class V>
  HYPGEO_INLINE node_logs<V> operator()(const peak<V>& p, const node<V>& n) const {
    const heavy_parts<V> h = split_exponent(p, n);
    return {h.size, h.psi1, h.psi2, h.v1 * h.v1 * n.a * n.v};
  }
};

// Factors beside (1-zt)^m in the integrals for F, F_z and F_zz, and -c times the derivative in c of
// the first (which has c in it where b was raised).
template <class V>
struct node_factors {
  V value, z, zz, slope;
};

// What the factors are made of. 1/(1-zt) = scale a v, t/(1-zt) = up (1+E) v and
// (1-t)/(1-zt) = down v; n is 1 where b was raised (raise.h), c is the one before raising.
template <class V>
struct factor_constants {
  V n, c, slope;
  V scale, up, down;
};

template <class V>
HYPGEO_INLINE factor_constants<V> make_constants(const peak<V>& p, V z, V n, V c, V slope) {
  const V down = p.y / z, scale = down / p.one_minus_t.hi;
  return {n, c, slope, scale, p.t.hi * scale, down};
}

// T (1-zT)^(m-1) in E_{b,d} is (1-zT)^(m-1) in E_{b+1,d}, but for a factor: no raising is needed.
template <class V>
struct home_factors {
  factor_constants<V> k;
  HYPGEO_INLINE node_factors<V> operator()(const peak<V>&, const node<V>& n) const {
    const V linear = k.slope * n.v, tilt = k.up * (n.E + 1.0) * n.v;
    const V z = select(k.n > 0.0, k.scale * n.a * n.v, tilt);
    return {linear + 1.0, z, z * tilt, linear};
  }
};

// b raised under (1-T) (1-zT)^(m-1) and (1-T)^2 (1-zT)^(m-2).
template <class V>
struct negative_factors {
  factor_constants<V> k;
  HYPGEO_INLINE node_factors<V> operator()(const peak<V>& p, const node<V>& n) const {
    const V linear = k.slope * n.v, tilt = k.down * n.v, by_c = k.n / k.c, y = p.y * n.v;
    const V z = tilt * mul_add(by_c, mul_add(y, p.m - 1.0, splat<V>(1.0)), splat<V>(1.0));
    const V zz = tilt * tilt * mul_add(by_c, mul_add(y, p.m - 2.0, splat<V>(2.0)), splat<V>(1.0));
    return {linear + 1.0, z, zz, linear};
  }
};

// The same where the value at t = 1 has been split off (raise.h): 1 - (1-y)^(m-j) in place of 1.
template <class V>
struct split_home_factors {
  factor_constants<V> k;
  HYPGEO_INLINE node_factors<V> operator()(const peak<V>& p, const node<V>& n) const {
    const V u = max(p.one_minus_y * n.a * n.v, splat<V>(0x1p-1000));
    const V log_u = log1p(-p.y * n.v, u), least = splat<V>(-100.0);
    const V over = n.a / p.one_minus_t.hi;  // 1 / (1-t)
    const V linear = k.slope * n.v * over, tilt = k.up * (n.E + 1.0) * n.v;
    const V z = select(k.n > 0.0, k.scale * n.a * n.v, tilt) * over;
    return {mul_add(-expm1(max(p.m * log_u, least)), over, linear),
            -z * expm1(max((p.m - 1.0) * log_u, least)),
            -z * tilt * expm1(max((p.m - 2.0) * log_u, least)), linear};
  }
};

// Here (1-T) (1-zT)^(m-1) in E_{b,d} is (1-zT)^(m-1) in E_{b,d+1}, but for a factor: no splitting.
template <class V>
struct split_negative_factors {
  factor_constants<V> k;
  HYPGEO_INLINE node_factors<V> operator()(const peak<V>& p, const node<V>& n) const {
    const V u = max(p.one_minus_y * n.a * n.v, splat<V>(0x1p-1000));
    const V power = max(p.m * log1p(-p.y * n.v, u), splat<V>(-100.0));
    const V over = n.a / p.one_minus_t.hi, linear = k.slope * n.v * over;
    const V by_c = k.n / (k.c + 1.0), y = p.y * n.v, one = splat<V>(1.0), tilt = k.down * n.v;
    const V z = k.scale * n.a * n.v;
    return {mul_add(-expm1(power), over, linear),
            z * mul_add(by_c * y, p.m - 1.0, one),
            z * tilt * mul_add(by_c, mul_add(y, p.m - 2.0, one), one), linear};
  }
};

HYPGEO_END
