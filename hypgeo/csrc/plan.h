// Evaluation of a plan: its panels, and the methods for any argument where it has none.
#pragma once
#include "evaluate.h"
#include "plan_build.h"
#include "plan_panels.h"

HYPGEO_BEGIN

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
