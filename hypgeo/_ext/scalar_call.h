// hyp2f1 without a ufunc's overhead where all four arguments are plain numbers.
#pragma once

#include "python.h"

namespace hypgeo {

// The ufunc that takes every other call.
void scalar_call_set_ufunc(PyObject* ufunc);

// call(a, b, c, z): as the ufunc with default keywords.
PyObject* scalar_call(PyObject* self, PyObject* const* args, Py_ssize_t count);

}  // namespace hypgeo
