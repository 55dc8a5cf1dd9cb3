// What the evaluation of a plan reads of its table (plan_table.h).
#pragma once

namespace hypgeo {

constexpr int plan_terms = 8;

struct PlanSide {
  double shift;
  long long first;  // panel key of v = 0, less the row it has in the table
};

// Plain data, so that a GPU kernel can take it as an argument.
struct PlanView {
  const double* coefficient;  // plan_terms to a row; NaN where no polynomial is good enough
  int key_shift;              // bits below the panel key: 52 - fineness
  PlanSide small_z, large_z;
};

}  // namespace hypgeo
