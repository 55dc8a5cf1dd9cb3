// The table of a plan: F(z) for fixed m, b, c as a polynomial of degree 7 on each of many panels.
//
// z <= 1/2 is indexed by v = z and z > 1/2 by v = 1 - z (exact). On either side the bits of
// v + shift, shift a power of two, name the panel: 2^fineness panels to each octave, uniform below
// `shift`, where F no longer varies on the scale of v. No search, no logarithm.
#pragma once
#include <vector>

#include "plan_view.h"

namespace hypgeo {

struct PlanTable {
  double m, b, c;
  int key_shift;
  PlanSide small_z, large_z;
  std::vector<double> coefficient;

  PlanView view() const { return {coefficient.data(), key_shift, small_z, large_z}; }
};

}  // namespace hypgeo
