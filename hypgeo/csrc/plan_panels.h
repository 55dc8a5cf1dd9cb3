// The polynomial of a plan at z: an index from the bits of z and Horner's rule.
#pragma once
#include <cmath>

#include "plan_view.h"
#include "simd.h"

HYPGEO_BEGIN

// Where z lies in the table.
template <class V>
struct panel_position {
  ints_of<V> row;
  V u;  // in [-1, 1] on the panel
  mask_of<V> inside;
};

template <class V>
HYPGEO_INLINE panel_position<V> find_panel(const PlanView& plan, V z) {
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
  const V first = select(right, splat<V>(as_real(plan.large_z.first)),
                         splat<V>(as_real(plan.small_z.first)));
  return {key - as_int(first), mul_add(v - low, per_half_panel, splat<V>(-1.0)), inside};
}

// The polynomial of one row. 0 < F <= 1 on the home domain: rounding must not pass 1.
template <class V>
HYPGEO_INLINE V evaluate_row(const V (&row)[plan_terms], const panel_position<V>& at, V z) {
  V s = row[plan_terms - 1];
  for (int k = plan_terms - 2; k >= 0; --k) s = mul_add(s, at.u, row[k]);
  return select(at.inside, select((s > 1.0) | (z == 0.0), splat<V>(1.0), s), splat<V>(NAN));
}

template <class V>
HYPGEO_INLINE V evaluate_panels(const PlanView& plan, V z) {
  const panel_position<V> at = find_panel(plan, z);
  V row[plan_terms];
  load_rows(plan.coefficient, at.row, row);
  return evaluate_row(row, at, z);
}

HYPGEO_END
