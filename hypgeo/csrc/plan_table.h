// The table of a plan: F(z) for fixed m, b, c as a polynomial of degree 7 on each of many panels.
//
// z <= 1/2 is indexed by v = z and z > 1/2 by v = 1 - z (exact). On either side the bits of
// v + shift, shift a power of two, name the panel: 2^fineness panels to each octave, uniform below
// `shift`, where F no longer varies on the scale of v. No search, no logarithm.
#pragma once
#include <vector>

namespace hypgeo {

constexpr int plan_terms = 8;

struct PlanSide {
  double shift;
  long long first;  // panel key of v = 0, less the row it has in the table
};

// What evaluation reads; plain data, so that a GPU kernel can take it as an argument.
struct PlanView {
  const double* coefficient;  // plan_terms to a row; NaN where no polynomial is good enough
  int key_shift;              // bits below the panel key: 52 - fineness
  PlanSide small_z, large_z;
};

struct PlanTable {
  double m, b, c;
  int key_shift;
  PlanSide small_z, large_z;
  std::vector<double> coefficient;

  PlanView view() const { return {coefficient.data(), key_shift, small_z, large_z}; }
};

}  // namespace hypgeo
