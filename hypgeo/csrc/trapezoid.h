// The trapezoidal rule on the real line, after a change of variable that suits gamma-like peaks.
//
// The integrand is analytic for |Im x| < pi and decays at both ends, so the rule converges
// exponentially (Trefethen & Weideman, SIAM Review 56 (2014) 385). In x = log(t / (1 - t)) it looks
// like e^(bx - e^x): a double-exponential cliff on one side, an exponential slope on the other. The
// double-exponential map (Takahasi & Mori 1974) on the slope side alone,
//
//   x = (u - A (e^(-k u) - 1)) / lambda,
//
// leaves both sides alike, and about 30 points give full precision for every b >= 1.
#pragma once
#include "elementary.h"

HYPGEO_BEGIN

template <class V>
struct node_map {
  V step;   // of u
  V bend;   // A
  V scale;  // 1 / lambda, negative where the slope is on the right
};

constexpr double map_rate = 1.2;  // k
// Fitted to e^(bx - e^x): A = 2 b^(-3/4), and the step in standard deviations of the peak in u that
// gives 2^-54 for that shape, and, with a margin, for the shapes between it and a Gaussian.
constexpr double map_bend = 2.0;
constexpr double gamma_step = 0.57;
constexpr double general_step = 0.45;
constexpr double gaussian_step = 0.6;
constexpr double blunt_below = 5.0;  // of the parameter b of the shape
constexpr double narrow_step = 0.1;

template <class V>
HYPGEO_INLINE node_map<V> gamma_map(V b, V scale, V bend, V step) {
  const V root = sqrt(b);
  const V bent = bend / (sqrt(root) * root);
  return {step / (root * mul_add(bent, splat<V>(map_rate), splat<V>(1.0))), bent, scale};
}

template <class V>
HYPGEO_INLINE node_map<V> gamma_map(V b) {
  return gamma_map(b, splat<V>(1.0), splat<V>(map_bend), splat<V>(gamma_step));
}

// curvature and skew are minus the second and third derivative of the log of the integrand at its
// peak; e^(bx - e^(lambda x)) has lambda^2 b and lambda^3 b. The further lambda is from 1, the less
// the shape is that one, and the shorter the step; the sharper the peak, the more it is a Gaussian,
// and the less that matters. A narrow strip of analyticity shortens the step too.
template <class V>
HYPGEO_INLINE node_map<V> fitted_map(V curvature, V skew, mask_of<V> narrow_strip) {
  const V one = splat<V>(1.0);
  const V shape = min(abs(skew) / curvature, splat<V>(4.0));
  const V lambda = max(shape, one);
  const V sharpness = curvature / (lambda * lambda);
  const V b = max(sharpness, one);
  const V blunt = min(splat<V>(blunt_below) / b, one);
  const V fitted = (splat<V>(gaussian_step) - blunt * (gaussian_step - general_step)) /
                   mul_add(min(abs(shape - 1.0), one) * 1.25, blunt, one);
  const V fit = fitted * min(max(sharpness, splat<V>(0.25)), one);
  const V step = select(narrow_strip, min(fit, sqrt(sqrt(b)) * narrow_step), fit);
  return gamma_map(b, select(skew < 0.0, -one, one) / lambda, min(shape, one) * map_bend, step);
}

// A point of the rule: x, e^x - 1, and dx / (step scale).
template <class V>
struct rule_point {
  V x, E, weight;
};

// e^x has no more to say there, and its powers in the factors of the integrand stay far below
// e^-least_exponent (integrand.h), which they meet in lanes that wait for others to finish.
constexpr double farthest = 150.0;

// The points u = direction (h, 2h, 3h, ...), one after the other.
template <class V>
struct point_sequence {
  node_map<V> map;
  V h, ratio, ratio_rest, bent, count;

  HYPGEO_INLINE point_sequence(const node_map<V>& m, double direction)
      : map(m), h(m.step * direction), bent(splat<V>(1.0)), count(splat<V>(0.0)) {
    const exponential<V> shrink = exp_parts(h * -map_rate);
    ratio = exp(shrink);
    ratio_rest = mul_add(shrink.scale, shrink.tail, shrink.scale - ratio);
  }
  // All but E.
  HYPGEO_INLINE rule_point<V> advance() {
    count = count + 1.0;
    // e^(-k u); the bound, far beyond `farthest`, keeps a lane finite that waits for others.
    bent = min(mul_add(bent, ratio, bent * ratio_rest), splat<V>(0x1p60));
    const V x = mul_add(h, count, -map.bend * (bent - 1.0)) * map.scale;
    const V near = min(max(x, splat<V>(-farthest)), splat<V>(farthest));
    return {near, near, mul_add(map.bend * map_rate, bent, splat<V>(1.0))};
  }
  HYPGEO_INLINE rule_point<V> next() {
    rule_point<V> r = advance();
    r.E = expm1(r.x);
    return r;
  }
  template <int N>
  HYPGEO_INLINE void next(rule_point<V> (&points)[N]) {
    for (int k = 0; k < N; ++k) points[k] = advance();
    for (int k = 0; k < N; ++k) points[k].E = expm1(points[k].x);
  }
};

// Relative size of what may be left out of a sum.
constexpr double negligible = 0x1p-57;
// The same where tails are double-exponential: at that depth a term is far below the one before.
constexpr double steeply_negligible = 0x1p-54;
// Far above what any tail needs (about 200): bounds the loop whatever the arguments are.
constexpr int most_steps = 4096;

template <class V>
HYPGEO_INLINE V middle_weight(const node_map<V>& map) {
  return mul_add(map.bend, splat<V>(map_rate), splat<V>(1.0));
}

// Points evaluated side by side (elementary.h); a GPU has other threads to fill the gaps.
#if defined(__CUDACC__)
constexpr int points_at_once = 1;
#else
constexpr int points_at_once = 4;
#endif

// Adds the integrand at some points; true where the last one no longer matters.
template <class V, class F, int N>
HYPGEO_INLINE mask_of<V> add_points(const F& f, const rule_point<V> (&points)[N], V enough,
                                    V& total) {
  V value[N];
  f(points, value);
  V sum = splat<V>(0.0);
  for (int k = 0; k < N; ++k) {
    value[k] = value[k] * points[k].weight;
    sum = sum + value[k];
  }
  total = total + sum;
  return value[N - 1] <= total * enough;
}

// The value at the peak.
template <class V, class F>
HYPGEO_INLINE V middle(const F& f, V weight) {
  const rule_point<V> point[1] = {{splat<V>(0.0), splat<V>(0.0), weight}};
  V value[1];
  f(point, value);
  return value[0] * weight;
}

// Adds the points on one side until a term is `enough` times smaller than the sum.
template <class V, class F>
HYPGEO_INLINE void add_side(const F& f, point_sequence<V> points, V enough, V& total) {
  rule_point<V> some[points_at_once];
  for (int i = 0; i < most_steps; i += points_at_once) {
    points.next(some);
    if (all(add_points(f, some, enough, total))) return;
  }
}

template <class V, class F>
HYPGEO_INLINE V trapezoid(const F& f, const node_map<V>& map, V enough) {
  V total = middle(f, middle_weight(map));
  add_side(f, point_sequence<V>(map, -1.0), enough, total);
  add_side(f, point_sequence<V>(map, 1.0), enough, total);
  return total * map.step * abs(map.scale);
}

// For tails that fall off like e^(left x) and e^(-right x) or faster: what follows a term is at most
// the geometric series of the slower one.
template <class V>
HYPGEO_INLINE V exponential_tail(const node_map<V>& map, V left, V right) {
  const V rate = min(left, right) * map.step * abs(map.scale);
  return negligible * rate / (rate + 1.0);
}

HYPGEO_END
