// Each named method (hypgeo.methods) as an operation.
#pragma once

#include "operation.h"

namespace hypgeo {

constexpr int kMethodCount = 7;
Operation* named_methods();

}  // namespace hypgeo
