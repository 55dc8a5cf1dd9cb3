// The linear map from 16 samples of a function to its polynomials of degree 7 on narrower panels.
#pragma once
#include <cmath>
#include <memory>
#include <mutex>
#include <vector>

#include "dd.h"
#include "plan_table.h"

HYPGEO_BEGIN

constexpr int plan_samples = 16;

// Chebyshev points of [-1, 1], rounded to multiples of 2^-bits so that sample points are exact.
inline double rounded_chebyshev_point(int i, int n, int bits) {
  constexpr double pi = 3.141592653589793;
  return std::ldexp(std::nearbyint(std::ldexp(-std::cos(pi * (i + 0.5) / n), bits)), -bits);
}

struct sample_points {
  double at[plan_samples];
};

inline sample_points make_sample_points() {
  sample_points p;
  for (int i = 0; i < plan_samples; ++i)
    p.at[i] = (rounded_chebyshev_point(i, plan_samples, 19) + 1.0) / 2 + 0x1p-21;
  return p;
}

// Sample point i as a fraction of the piece. An odd multiple of 2^-20 never meets a point of the
// panels, which are coarser multiples.
inline double plan_node(int i) {
  static const sample_points points = make_sample_points();
  return points.at[i];
}

// The coefficient of T_(n-1) in the interpolant through the first n sample points is their divided
// difference over 2^(n-2); the weights make it a plain sum.
struct tail_weights {
  double weight[2][plan_samples];
};

inline tail_weights make_tail_weights() {
  tail_weights w{};
  for (int drop = 0; drop < 2; ++drop) {
    const int n = plan_samples - drop;
    for (int i = 0; i < n; ++i) {
      double product = std::ldexp(1.0, n - 2);
      for (int j = 0; j < n; ++j)
        if (j != i) product *= 2 * (plan_node(i) - plan_node(j));
      w.weight[drop][i] = 1 / product;
    }
  }
  return w;
}

// Larger of the last two coefficients, in absolute value.
inline double interpolant_tail(const double* value) {
  static const tail_weights w = make_tail_weights();
  double tail = 0;
  for (const auto& weight : w.weight) {
    double sum = 0;
    for (int i = 0; i < plan_samples; ++i) sum += weight[i] * value[i];
    tail = std::fmax(tail, std::fabs(sum));
  }
  return tail;
}

struct barycentric_weights {
  dd<double> weight[plan_samples];
};

inline barycentric_weights make_barycentric_weights() {
  barycentric_weights w;
  for (int i = 0; i < plan_samples; ++i) {
    dd<double> product = widen(1.0);
    for (int j = 0; j < plan_samples; ++j)
      if (j != i) product = mul(product, two_sum(plan_node(i), -plan_node(j)));
    w.weight[i] = div(widen(1.0), product);
  }
  return w;
}

// Lagrange basis of the sample points at x in [0, 1] by the barycentric formula (Berrut & Trefethen,
// SIAM Review 46 (2004) 501), in double-double.
inline void lagrange_basis(double x, dd<double>* basis) {
  static const barycentric_weights w = make_barycentric_weights();
  dd<double> sum = widen(0.0);
  for (int i = 0; i < plan_samples; ++i) {
    basis[i] = div(w.weight[i], two_sum(x, -plan_node(i)));
    sum = add(sum, basis[i]);
  }
  for (int i = 0; i < plan_samples; ++i) basis[i] = div(basis[i], sum);
}

// Coefficients in u in [-1, 1] from values at the plan_terms rounded Chebyshev points: the inverse
// of the Vandermonde matrix, column by column, by Newton's divided differences.
inline void monomial_column(int which, dd<double>* coefficient) {
  dd<double> difference[plan_terms];
  double u[plan_terms];
  for (int i = 0; i < plan_terms; ++i) {
    u[i] = rounded_chebyshev_point(i, plan_terms, 10);
    difference[i] = widen(i == which ? 1.0 : 0.0);
  }
  for (int k = 1; k < plan_terms; ++k)
    for (int i = plan_terms - 1; i >= k; --i)
      difference[i] = div(sub(difference[i], difference[i - 1]), widen(u[i] - u[i - k]));
  for (int k = 0; k < plan_terms; ++k) coefficient[k] = widen(0.0);
  for (int k = plan_terms - 1; k >= 0; --k) {
    for (int j = plan_terms - 1; j >= 1; --j)
      coefficient[j] = sub(coefficient[j - 1], mul(coefficient[j], u[k]));
    coefficient[0] = add(neg(mul(coefficient[0], u[k])), difference[k]);
  }
}

inline std::vector<double> make_expansion_matrix(int count) {
  dd<double> monomial[plan_terms][plan_terms], basis[plan_terms][plan_samples];
  for (int i = 0; i < plan_terms; ++i) monomial_column(i, monomial[i]);
  std::vector<double> matrix;
  matrix.reserve(std::size_t(count) * plan_terms * plan_samples);
  for (int panel = 0; panel < count; ++panel) {
    for (int i = 0; i < plan_terms; ++i)
      lagrange_basis((panel + (rounded_chebyshev_point(i, plan_terms, 10) + 1) / 2) / count, basis[i]);
    for (int j = 0; j < plan_samples; ++j)
      for (int k = 0; k < plan_terms; ++k) {
        dd<double> sum = widen(0.0);
        for (int i = 0; i < plan_terms; ++i) sum = add(sum, mul(monomial[i][k], basis[i][j]));
        matrix.push_back(sum.hi);
      }
  }
  return matrix;
}

// For a piece of `count` panels, a power of two up to 128: to each panel and sample, plan_terms
// weights. Made once, on first use.
inline const double* expansion_matrix(int count) {
  static std::vector<double> matrix[8];
  static std::once_flag once[8];
  const int i = std::ilogb(double(count));
  std::call_once(once[i], [=] { matrix[i] = make_expansion_matrix(count); });
  return matrix[i].data();
}

HYPGEO_END
