// A host may end a long evaluation: every further element that takes long is NaN then.
#pragma once
#include "macros.h"

#ifndef HYPGEO_ONE_BY_ONE
namespace hypgeo {

// Asked before each such element; shared by the kernels of all instruction sets.
inline bool (*asks_to_stop)() = nullptr;

inline bool is_stopped() { return asks_to_stop != nullptr && asks_to_stop(); }

}  // namespace hypgeo
#else
namespace hypgeo {

HYPGEO_HD inline bool is_stopped() { return false; }

}  // namespace hypgeo
#endif
