// Building the table of a plan.
//
// F is sampled at 16 points of each half octave of v, or of a smaller piece where it varies too
// much; the interpolant of degree 15 is then expanded on the panels that evaluation uses. A piece
// tests itself: if the last coefficients have not died out, or the values span too wide a range for
// one polynomial to be relatively accurate, it is halved; a single panel that still fails holds NaN.
#pragma once
#include "evaluate.h"
#include "plan_matrix.h"
#include "plan_table.h"

HYPGEO_BEGIN

// Of the two highest Chebyshev coefficients, relative to the smallest value on the piece; the
// values' own rounding leaves about one eps there.
constexpr double plan_tail = 3 * 0x1p-52;
// Largest over smallest value on a piece: that much of its last digits the smallest one may lose
// beyond rounding, by interpolation weights that alternate in sign.
constexpr double plan_range = 4.0;
// Size of the first coefficient left out, relative to the value.
constexpr double plan_next = 0x1p-54;
// Below this the table would lose digits to underflow.
constexpr double plan_least = 1e-290;
// Samples of F spent on one table, which bounds the time to build it; what is then left, at the
// smallest z, is NaN.
constexpr int plan_most_samples = 3072;
constexpr double plan_largest_b = 30.0;

constexpr int plan_coarsest = 5;
constexpr int plan_finest = 8;

// F varies like z^-b at most, so the larger b is the narrower are the panels for which degree 7 is
// enough: the first coefficient left out is binom(b + 7, 8) 2^(-8 (fineness + 1)) / 2^7.
inline int plan_fineness(double b) {
  double next = 0x1p-55;
  for (int i = 0; i < plan_terms; ++i) next *= (b + i) / (i + 1);
  int fineness = plan_coarsest;
  for (; next > plan_next && fineness < plan_finest; ++fineness) next *= 0x1p-8;
  return fineness;
}

// Where 2F1 begins to vary, from the ratio of the first terms of its series.
inline double small_z_scale(double m, double b, double c) {
  const double scale = std::fmin(c / b, (c + 1) / (b + 1)) / m;
  return std::fmin(0.25, std::exp2(std::floor(std::log2(scale)) - 1));
}

// Near z = 1 the reflected series varies on the scale 1 / b; for small m a tiny c - b brings in far
// smaller scales, down to (c - b)^(1/m).
inline double large_z_scale(double m, double b) {
  if (m <= 24) return 0x1p-20;
  return b <= 1.5 ? 0x1p-4 : b <= 6 ? 0x1p-5 : 0x1p-7;
}

template <class V>
class PlanBuilder {
 public:
  PlanBuilder(double m, double b, double c, int fineness, PlanTable* plan)
      : plan_(*plan), panels_(1 << fineness) {
    plan_.m = m;
    plan_.b = b;
    plan_.c = c;
    plan_.key_shift = 52 - fineness;
    plan_.coefficient.clear();
    allocate(small_z_scale(m, b, c), plan_.small_z, 0);
    const std::size_t small_rows = plan_.coefficient.size();
    allocate(large_z_scale(m, b), plan_.large_z, small_rows / plan_terms);
    build_side(plan_.large_z, plan_.coefficient.size(), true);
    build_side(plan_.small_z, small_rows, false);
  }

  std::size_t bad_rows() const { return bad_rows_; }

 private:
  PlanTable& plan_;
  int panels_;
  int samples_ = 0;
  std::size_t bad_rows_ = 0;

  // The last octave ends beyond v = 1/2; its panels past 1/2 are never asked for.
  static int octaves(double shift) { return std::ilogb(0.5 + shift) - std::ilogb(shift) + 1; }

  // Rows for one side, after `row` others.
  void allocate(double shift, PlanSide& side, std::size_t row) {
    side.shift = shift;
    side.first = (as_int(shift) >> plan_.key_shift) - static_cast<long long>(row);
    plan_.coefficient.resize((row + std::size_t(octaves(shift) * panels_)) * plan_terms, NAN);
  }

  // Octaves of v + shift from the largest down: should the samples run out, the smallest z go
  // without. `end` is where the coefficients of the side end.
  void build_side(const PlanSide& side, std::size_t end, bool right) {
    const int half_panels = panels_ / 2;
    std::size_t row = end / plan_terms;
    for (int i = octaves(side.shift) - 1; i >= 0; --i) {
      const double x = std::ldexp(side.shift, i), half = x / 2;
      row -= std::size_t(half_panels);
      build_piece((x + half) - side.shift, half, half_panels, row, right);
      row -= std::size_t(half_panels);
      build_piece(x - side.shift, half, half_panels, row, right);
    }
  }

  // Rows for v in [low, low + width], or for its halves.
  void build_piece(double low, double width, int count, std::size_t row, bool right) {
    if (low > 0.5 || samples_ >= plan_most_samples) return;
    double value[plan_samples];
    sample(low, width, right, value);
    if (good_piece(value)) {
      expand(value, count, row);
    } else if (count > 1) {
      const double half = width / 2;
      build_piece(low, half, count / 2, row, right);
      build_piece(low + half, half, count / 2, row + std::size_t(count / 2), right);
    }
  }

  void sample(double low, double width, bool right, double* value) {
    double m[plan_samples], b[plan_samples], c[plan_samples], z[plan_samples];
    for (int i = 0; i < plan_samples; ++i) {
      const double v = low + width * plan_node(i);
      m[i] = plan_.m;
      b[i] = plan_.b;
      c[i] = plan_.c;
      z[i] = right ? 1.0 - v : v;
    }
    samples_ += plan_samples;
    evaluate_block<V, best_route>({m, b, c, z, value}, plan_samples);
  }

  static bool good_piece(const double* value) {
    double least = value[0], most = value[0];
    for (int i = 0; i < plan_samples; ++i) {
      if (!(value[i] >= plan_least)) return false;
      least = std::fmin(least, value[i]);
      most = std::fmax(most, value[i]);
    }
    return most <= least * plan_range && interpolant_tail(value) <= plan_tail * least;
  }

  // Whether the degree is high enough on a panel: the next coefficient would be about as much
  // smaller than the last as the last is than the one before it.
  static bool good_row(const double* row) {
    constexpr double to_last = 1.0 / (1 << (plan_terms - 2));  // from power to Chebyshev coefficients
    const double last = std::fabs(row[plan_terms - 1]) * to_last;
    const double before = std::fabs(row[plan_terms - 2]) * 2 * to_last;
    const double small = plan_next * std::fabs(row[0]);
    return last <= 4 * small || last * last <= small * before;
  }

  // The coefficients of one panel, summed in double-double: the weights of the higher ones are large
  // and alternate. weight[j] holds plan_terms weights of sample j.
  static void expand_row(const double* weight, const double* value, double* row) {
    constexpr int width = lanes<V>::count;
    for (int k = 0; k < plan_terms; k += width) {
      dd<V> sum = widen(splat<V>(0.0));
      for (int j = 0; j < plan_samples; ++j) {
        const dd<V> p = two_prod(load<V>(weight + j * plan_terms + k), splat<V>(value[j]));
        const dd<V> s = two_sum(sum.hi, p.hi);
        sum = {s.hi, sum.lo + (s.lo + p.lo)};
      }
      store(row + k, sum.hi + sum.lo);
    }
  }

  void expand(const double* value, int count, std::size_t row) {
    const double* weight = expansion_matrix(count);
    double* out = plan_.coefficient.data() + row * plan_terms;
    for (int i = 0; i < count; ++i, out += plan_terms, weight += plan_samples * plan_terms) {
      expand_row(weight, value, out);
      if (good_row(out)) continue;
      ++bad_rows_;
      for (int k = 0; k < plan_terms; ++k) out[k] = NAN;
    }
  }
};

template <class V>
bool build_plan(double m, double b, double c, PlanTable* plan) {
  if (!is_home(m, b, c, 0.5) || b > plan_largest_b) return false;
  for (int fineness = plan_fineness(b);; ++fineness) {
    const PlanBuilder<V> builder(m, b, c, fineness, plan);
    if (builder.bad_rows() * 16 < plan->coefficient.size() / plan_terms) return true;
    if (fineness == plan_finest) return true;
  }
}

HYPGEO_END
