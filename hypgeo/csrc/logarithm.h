// log|F| and the sign of F.
#pragma once
#include "minus_one.h"

HYPGEO_BEGIN

// Up to here |log F| is log1p(F - 1), which keeps its relative precision as F tends to 1.
constexpr double log_by_excess = 0.5;

struct signed_log {
  double log, sign;
};

HYPGEO_OUTLINE signed_log log_of(const scaled<dd<double>>& r) {
  constexpr double nan = NAN;
  if (!is_known(r)) return {nan, nan};
  const double hi = r.value.hi;
  if (hi == 0.0) return {-HUGE_VAL, 0.0};
  const double sign = hi > 0.0 ? 1.0 : -1.0;
  const dd<double> u = {sign * hi, sign * r.value.lo};
  const dd<double> log = log1p(add(u, -1.0), u);
  const dd<double> scale = mul(dd<double>{ln2_hi, ln2_lo}, static_cast<double>(r.exponent));
  return {add(log, scale).hi, sign};
}

HYPGEO_OUTLINE signed_log general_log(double m, double b, double c, double z) {
  if (is_pole(m, c)) return {HUGE_VAL, 1.0};
  const signed_log l = log_of(general_value(m, b, c, z));
  if (l.sign < 0.0 || !(abs(l.log) < log_by_excess)) return l;
  return {std::log1p(general_minus_one(m, b, c, z)), 1.0};
}

// What scalar_value gives, but `outside`, whose logarithm needs its sign too.
HYPGEO_OUTLINE double scalar_log(route r, double, double, double, double) {
  switch (r) {
    case route::zero: return -HUGE_VAL;
    case route::infinite: return HUGE_VAL;
    case route::undefined: return NAN;
    default: return 0.0;
  }
}

// Neither packs nor plain doubles hold these.
HYPGEO_INLINE bool log_needs_scaling(route r) {
  return r == route::outside || r == route::negative_long;
}

// V for what is a value first; the logarithms themselves go one by one, to keep the text short.
template <class V>
void log_block(const operands& o, double* sign, int n) {
  evaluate_block<double, best_route, as_log, scalar_log>(o, n);
  double m[block_size], b[block_size], c[block_size], z[block_size], excess[block_size];
  int index[block_size], count = 0;
  for (int i = 0; i < n; ++i) {
    sign[i] = 1.0;
    const route r = best_route(o.m[i], o.b[i], o.c[i], o.z[i]);
    const bool lost = o.out[i] != o.out[i] && r != route::undefined;  // see `rescued`
    if (lost || log_needs_scaling(r)) {
      const signed_log l = general_log(o.m[i], o.b[i], o.c[i], o.z[i]);
      o.out[i] = l.log;
      sign[i] = l.sign;
    } else if (o.out[i] != o.out[i]) {
      sign[i] = o.out[i];
    } else if (o.out[i] == -HUGE_VAL) {
      sign[i] = 0.0;
    } else if (abs(o.out[i]) < log_by_excess) {
      m[count] = o.m[i];
      b[count] = o.b[i];
      c[count] = o.c[i];
      z[count] = o.z[i];
      index[count++] = i;
    }
  }
  minus_one_block<V>({m, b, c, z, excess}, count);
  for (int i = 0; i < count; ++i) o.out[index[i]] = std::log1p(excess[i]);
}

template <class V>
void evaluate_log(const double* m, const double* b, const double* c, const double* z, double* log,
                  double* sign, std::size_t n) {
  for_blocks(n, [=](std::size_t i, int count) {
    log_block<V>({m + i, b + i, c + i, z + i, log + i}, sign + i, count);
  });
}

HYPGEO_END
