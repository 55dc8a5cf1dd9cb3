// Which build of the kernels runs on this CPU.
#pragma once

#include "hypgeo/csrc/dispatch.h"

namespace hypgeo {

// Sentence that says why HYPGEO_CPU cannot be honoured, or nullptr.
const char* dispatch_error();

}  // namespace hypgeo
