// Evaluation of a plan: an index from the bits of z and Horner's rule.
#pragma once
#include "evaluate.h"
#include "plan_build.h"

HYPGEO_BEGIN

template <class V>
HYPGEO_INLINE V evaluate_panels(const PlanView& plan, V z) {
  const mask_of<V> right = z > 0.5;
  const mask_of<V> inside = (z >= 0.0) & (z <= 1.0);
  const V v = select(inside, select(right, splat<V>(1.0) - z, z), splat<V>(0.25));
  const V shift =
      select(right, splat<V>(plan.large_z.shift), splat<V>(plan.small_z.shift));
  const ints_of<V> key = shift_right(as_int(v + shift), plan.key_shift);
  const V low = as_real(shift_left(key, plan.key_shift)) - shift;
  const ints_of<V> exponent = as_int(v + shift) & (std::int64_t{0x7ff} << 52);
  const V per_half_panel = as_real((std::int64_t{2047 + 52} << 52) - exponent -
                                   (std::int64_t{plan.key_shift} << 52));
  const V u = mul_add(v - low, per_half_panel, splat<V>(-1.0));
  const V first = select(right, splat<V>(as_real(plan.large_z.first)),
                         splat<V>(as_real(plan.small_z.first)));
  V row[plan_terms];
  load_rows(plan.coefficient, key - as_int(first), row);
  V s = row[plan_terms - 1];
  for (int k = plan_terms - 2; k >= 0; --k) s = mul_add(s, u, row[k]);
  // 0 < F <= 1 on the home domain: rounding must not pass 1.
  return select(inside, select((s > 1.0) | (z == 0.0), splat<V>(1.0), s), splat<V>(NAN));
}

// Elements outside [0, 1], or on panels without a polynomial, are NaN so far.
template <class V>
void evaluate_rest(const PlanTable& plan, const double* z, double* out, int n) {
  double m[block_size], b[block_size], c[block_size], rest[block_size], value[block_size];
  int index[block_size], count = 0;
  for (int i = 0; i < n; ++i) {
    if (out[i] == out[i]) continue;
    m[count] = plan.m;
    b[count] = plan.b;
    c[count] = plan.c;
    rest[count] = z[i];
    index[count++] = i;
  }
  evaluate_block<V, best_route>({m, b, c, rest, value}, count);
  for (int i = 0; i < count; ++i) out[index[i]] = value[i];
}

template <class V>
void evaluate_plan_block(const PlanTable& plan, const double* z, double* out, int n) {
  constexpr int width = lanes<V>::count;
  const PlanView view = plan.view();
  const V zero = splat<V>(0.0);
  V defect = zero;  // NaN once any element is
  int i = 0;
  for (; i + width <= n; i += width) {
    const V s = evaluate_panels(view, load<V>(z + i));
    store(out + i, s);
    defect = defect + (s - s);
  }
  for (; i < n; ++i) {
    out[i] = evaluate_panels<double>(view, z[i]);
    defect = defect + (out[i] - out[i]);
  }
  if (!all(defect == zero)) evaluate_rest<V>(plan, z, out, n);
}

template <class V>
void evaluate_plan(const PlanTable* plan, const double* z, double* out, std::size_t n) {
  for_blocks(n, [=](std::size_t i, int count) {
    evaluate_plan_block<V>(*plan, z + i, out + i, count);
  });
}

HYPGEO_END
