// The numbers of a plan, for other devices.
#pragma once

#include "python.h"

namespace hypgeo {

// plan_table(m, b, c) -> (coefficients, key_shift, (shift, first), (shift, first)) or None.
PyObject* plan_table(PyObject* self, PyObject* args);

}  // namespace hypgeo
