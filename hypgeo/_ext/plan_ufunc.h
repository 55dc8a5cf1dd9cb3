// A ufunc of one input for each plan.
#pragma once

#include "python.h"

namespace hypgeo {

// plan_ufunc(a, b, c, single) -> (ufunc, m, has_table), or None where nothing terminates.
PyObject* plan_ufunc(PyObject* self, PyObject* args);

}  // namespace hypgeo
