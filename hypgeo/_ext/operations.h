// The public operations: F, its logarithm, F - 1, its error, its derivatives, some of them, its method.
#pragma once

#include "operation.h"

namespace hypgeo {

constexpr int kOperationCount = 8;
Operation* public_operations();  // the first is hyp2f1 itself

}  // namespace hypgeo
