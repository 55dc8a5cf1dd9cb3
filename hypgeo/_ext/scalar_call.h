// hyp2f1 without a ufunc's overhead where all four arguments are plain numbers.
#pragma once

#include "python.h"

namespace hypgeo {

// The ufunc that takes every other call.
void scalar_call_set_ufunc(PyObject* ufunc);

// has_foreign(*x): whether one is an array of another library, for hypgeo._dispatch.
PyObject* has_foreign(PyObject* self, PyObject* const* args, Py_ssize_t count);

// call(a, b, c, z): as the ufunc with default keywords; foreign arrays go to hypgeo._dispatch.
PyObject* scalar_call(PyObject* self, PyObject* const* args, Py_ssize_t count);

}  // namespace hypgeo
