// Runs the method that routes.h names for each element, the elements of one method in packs.
#pragma once
#include <cstddef>
#include <type_traits>

#include "general_value.h"
#include "power_series.h"
#include "quadrature.h"
#include "routes.h"

HYPGEO_BEGIN

template <class Finish, class V>
HYPGEO_INLINE V unbounded_route(route r, V m, V b, V c, V z, const shared_nodes* shared,
                                laguerre_rule<V>* rule) {
  const V one = splat<V>(1.0);
  switch (r) {
    case route::power: return power_of_complement<Finish>(z, m, one);
    case route::finite:
      return Finish::plain(homogeneous_sum(m, two_sum(c, -b), c, z, two_sum(one, -z)));
    case route::alternating: return Finish::plain(alternating_series(m, b, c, z) + 1.0);
    case route::short_pfaff: return Finish::plain(pfaff_short(m, b, c, z));
    case route::medium_pfaff: return Finish::plain(pfaff_medium(m, b, c, z));
    case route::asymptotic: return asymptotic<Finish>(m, b, c, z);
    case route::laguerre: return laguerre<Finish>(m, b, c, z, rule);
    case route::gamma_like:
      return gamma_like_quadrature<Finish>(euler_home(m, b, c, z), shared);
    case route::general:
    case route::general_flat: return general_quadrature<Finish>(euler_home(m, b, c, z));
    case route::small_d:
    case route::small_d_flat: return small_d_quadrature<Finish>(euler_home(m, b, c, z));
    case route::negative_finite:
      return Finish::plain(homogeneous_sum(m, widen(b), c, -z, widen(one)));
    case route::negative_short: return Finish::plain(short_series(m, widen(b), c, widen(-z)));
    case route::negative_medium: return Finish::plain(medium_series(m, widen(b), c, widen(-z)));
    case route::negative_long: return Finish::plain(long_series(m, b, c, -z));
    case route::negative_gamma_like:
      return gamma_like_quadrature<Finish>(euler_negative(m, b, c, z), shared);
    case route::negative_general: return general_quadrature<Finish>(euler_negative(m, b, c, z));
    default: return small_d_quadrature<Finish>(euler_negative(m, b, c, z));
  }
}

// 0 < F <= 1 for z >= 0 and F >= 1 for z < 0, of all that comes here: rounding must not pass 1.
template <class Finish, class V>
HYPGEO_INLINE V run_route(route r, V m, V b, V c, V z, const shared_nodes* shared,
                          laguerre_rule<V>* rule = nullptr) {
  const V value = unbounded_route<Finish>(r, m, b, c, z, shared, rule);
  const V one = splat<V>(Finish::one);
  const mask_of<V> past = ((value > one) & (z >= 0.0)) | ((value < one) & (z < 0.0));
  return select(past, one, value);
}

// Elements that need no arithmetic, or none that packs help.
HYPGEO_HD inline double scalar_value(route r, double m, double b, double c, double z) {
  switch (r) {
    case route::one: return 1.0;
    case route::zero: return 0.0;
    case route::infinite: return HUGE_VAL;
    case route::undefined: return NAN;
    default: return general_double(m, b, c, z);
  }
}

// The same for callers that see to `outside` themselves.
HYPGEO_HD inline double scalar_but_outside(route r, double m, double b, double c, double z) {
  return r == route::outside ? 0.0 : scalar_value(r, m, b, c, z);
}

constexpr int block_size = 256;

struct operands {
  const double *m, *b, *c, *z;
  double* out;
};

// The points for the b of the listed elements, if it is one and the same; kept between calls,
// because the next call often has the same b. Worth making for more elements than a few.
inline const shared_nodes* nodes_for(const operands& o, const int* index, int n) {
  thread_local shared_nodes nodes = {};
  const double b = o.b[index[0]];
  if (nodes.b != b && n < 16) return nullptr;
  for (int i = 1; i < n; ++i)
    if (o.b[index[i]] != b) return nullptr;
  if (nodes.b != b) make_shared_nodes(b, b < raise_b_below ? b + 1 : b, nodes);
  return &nodes;
}

// Arguments so far beyond the promised domain that a pack has overflowed on the way. Who wants
// logarithms sees to that in the end.
template <class Finish>
HYPGEO_OUTLINE double rescued(double m, double b, double c, double z) {
  return std::is_same<Finish, as_value>::value ? general_double(m, b, c, z) : NAN;
}

// A pack takes as long as its slowest element: those of one method whose terms differ in number from
// element to element are listed by that number, roughly.
HYPGEO_INLINE bool has_long_series(route r) {
  return r == route::medium_pfaff || r == route::negative_medium;
}

// Where the terms of S (power_series.h) peak, roughly.
HYPGEO_INLINE double longest_term(double m, double b, double c, double z) {
  const double beta = z > 0 ? c - b : b, k = m * abs(z);
  return k * (beta + k) / (c + k);
}

inline void sort_by_length(const operands& o, int* index, int n) {
  constexpr int bins = 16;
  constexpr double per_bin = 0.2;
  int count[bins + 1] = {};
  int bin[block_size], sorted[block_size];
  for (int i = 0; i < n; ++i) {
    const int j = index[i];
    const double length = longest_term(o.m[j], o.b[j], o.c[j], o.z[j]) * per_bin;
    bin[i] = length < bins - 1 ? int(length) : bins - 1;
    ++count[bin[i] + 1];
  }
  for (int k = 0; k < bins; ++k) count[k + 1] += count[k];
  for (int i = 0; i < n; ++i) sorted[count[bin[i]]++] = index[i];
  for (int i = 0; i < n; ++i) index[i] = sorted[i];
}

template <class V>
struct arguments {
  V m, b, c, z;
};

// The elements index[start], index[start + 1], ...; after the last one that again and again.
template <class V>
HYPGEO_INLINE arguments<V> gather_pack(const operands& o, const int* index, int start, int n) {
  constexpr int width = lanes<V>::count;
  double m[width], b[width], c[width], z[width];
  for (int i = 0; i < width; ++i) {
    const int j = index[start + i < n ? start + i : n - 1];
    m[i] = o.m[j];
    b[i] = o.b[j];
    c[i] = o.c[j];
    z[i] = o.z[j];
  }
  return {load<V>(m), load<V>(b), load<V>(c), load<V>(z)};
}

// One method over the elements listed in index.
template <class V, class Finish, int R>
void run_packs(const operands& o, int* index, int n) {
  constexpr int width = lanes<V>::count;
  if (n == 0) return;
  if (has_long_series(route(R)) && n > width) sort_by_length(o, index, n);
  const shared_nodes* shared = route(R) == route::gamma_like ? nodes_for(o, index, n) : nullptr;
  laguerre_rule<V> rule;
  rule.b = splat<V>(0.0);
  double out[width];
  for (int start = 0; start < n; start += width) {
    const arguments<V> x = gather_pack<V>(o, index, start, n);
    store(out, run_route<Finish>(route(R), x.m, x.b, x.c, x.z, shared, &rule));
    for (int i = 0; i < width && start + i < n; ++i) {
      const int j = index[start + i];
      o.out[j] = out[i] == out[i] ? out[i] : rescued<Finish>(o.m[j], o.b[j], o.c[j], o.z[j]);
    }
  }
}

template <class V, class Finish, int R>
void run_packed_routes(const operands& o, int (*index)[block_size], const int* count) {
  run_packs<V, Finish, R>(o, index[R], count[R]);
  if constexpr (R > 0) run_packed_routes<V, Finish, R - 1>(o, index, count);
}

using Choose = route (*)(double, double, double, double);
using Scalar = double (*)(route, double, double, double, double);

template <class V, Choose choose, class Finish = as_value, Scalar scalar = scalar_value>
void evaluate_block(const operands& o, int n) {
  int index[packed_routes][block_size];
  int count[packed_routes] = {};
  for (int j = 0; j < n; ++j) {
    const route r = choose(o.m[j], o.b[j], o.c[j], o.z[j]);
    if (int(r) < packed_routes) {
      index[int(r)][count[int(r)]++] = j;
    } else {
      o.out[j] = scalar(r, o.m[j], o.b[j], o.c[j], o.z[j]);
    }
  }
  run_packed_routes<V, Finish, packed_routes - 1>(o, index, count);
}

// body(first element, number of elements) for one block after the other.
template <class F>
void for_blocks(std::size_t n, const F& body) {
  for (std::size_t i = 0; i < n; i += block_size) {
    const std::size_t left = n - i;
    body(i, left < block_size ? int(left) : block_size);
  }
}

template <class V, Choose choose>
void evaluate(const double* m, const double* b, const double* c, const double* z, double* out,
              std::size_t n) {
  for_blocks(n, [=](std::size_t i, int count) {
    evaluate_block<V, choose>({m + i, b + i, c + i, z + i, out + i}, count);
  });
}

HYPGEO_END
