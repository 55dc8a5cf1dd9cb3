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

PyObject* scalar_call(PyObject*, PyObject* const* args, Py_ssize_t count) {
  double x[4];
  bool plain = count == 4;
  for (int i = 0; plain && i < 4; ++i) plain = plain_number(args[i], x[i]);
  if (!plain) {
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
