// Block evaluation by each named method (hypgeo.methods).
#pragma once

#include "loops.h"

namespace hypgeo {

struct NamedMethod {
  const char* name;  // name of the ufunc in hypgeo._core
  Evaluation how;
};

constexpr int kMethodCount = 7;
NamedMethod* named_methods();

}  // namespace hypgeo
