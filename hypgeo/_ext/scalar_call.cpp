#include "scalar_call.h"

#include <limits>

#include <numpy/arrayscalars.h>

#include "classify.h"
#include "errors.h"
#include "hypgeo/csrc/dispatch.h"
#include "scipy_scalar.h"

namespace hypgeo {
namespace {

PyObject* ufunc_for_the_rest = nullptr;

// Arrays of other libraries: what exports DLPack and is not NumPy's.
bool is_foreign(PyObject* x) {
  if (PyFloat_CheckExact(x) || PyLong_CheckExact(x) || PyArray_Check(x)) return false;
  static PyObject* const name = PyUnicode_InternFromString("__dlpack__");
  return name != nullptr && PyObject_HasAttr(reinterpret_cast<PyObject*>(Py_TYPE(x)), name) == 1;
}

bool any_is_foreign(PyObject* const* args, Py_ssize_t count) {
  for (Py_ssize_t i = 0; i < count; ++i)
    if (is_foreign(args[i])) return true;
  return false;
}

PyObject* dispatched(PyObject* const* args) {
  PyObject* module = PyImport_ImportModule("hypgeo._dispatch");
  if (module == nullptr) return nullptr;
  PyObject* result = PyObject_CallMethod(module, "dispatch", "sOOOO", "hyp2f1", args[0], args[1],
                                         args[2], args[3]);
  Py_DECREF(module);
  return result;
}

// Exact types only: a subclass may carry its own __array_ufunc__.
bool plain_number(PyObject* x, double& value) {
  if (PyFloat_CheckExact(x) || Py_TYPE(x) == &PyDoubleArrType_Type) {
    value = PyFloat_AS_DOUBLE(x);
    return true;
  }
  if (Py_TYPE(x) == &PyLongArrType_Type) {
    value = static_cast<double>(PyArrayScalar_VAL(x, Long));
    return true;
  }
  if (!PyLong_CheckExact(x)) return false;
  int overflow = 0;
  value = static_cast<double>(PyLong_AsLongLongAndOverflow(x, &overflow));
  return overflow == 0;
}

PyObject* float64(double value) {
  PyObject* result = PyArrayScalar_New(Double);
  if (result != nullptr) PyArrayScalar_ASSIGN(result, Double, value);
  return result;
}

}  // namespace

void scalar_call_set_ufunc(PyObject* ufunc) {
  Py_INCREF(ufunc);
  ufunc_for_the_rest = ufunc;
}

PyObject* has_foreign(PyObject*, PyObject* const* args, Py_ssize_t count) {
  return PyBool_FromLong(any_is_foreign(args, count));
}

PyObject* scalar_call(PyObject*, PyObject* const* args, Py_ssize_t count) {
  double x[4];
  bool plain = count == 4;
  for (int i = 0; plain && i < 4; ++i) plain = plain_number(args[i], x[i]);
  if (!plain) {
    if (count == 4 && any_is_foreign(args, count)) return dispatched(args);
    return PyObject_Vectorcall(ufunc_for_the_rest, args, static_cast<size_t>(count), nullptr);
  }
  const QuietFlags quiet;
  double m = 0, b = x[1], value = std::numeric_limits<double>::quiet_NaN();
  switch (classify(x[0], b, x[2], x[3], m)) {
    case Kind::terminating:
      kernels().eval(&m, &b, &x[2], &x[3], &value, 1);
      break;
    case Kind::nonterminating: {
      const ScipyScalar* scipy = ScipyScalar::get();
      if (scipy == nullptr) return nullptr;
      value = (*scipy)(x[0], x[1], x[2], x[3]);
      break;
    }
    case Kind::nan:
      break;
  }
  return float64(value);
}

}  // namespace hypgeo
