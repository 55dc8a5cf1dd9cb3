// The module hypgeo._core.
#define HYPGEO_IMPORT_NUMPY
#include "python.h"

#include "dispatch.h"
#include "plan_cache.h"
#include "plan_export.h"
#include "plan_ufunc.h"
#include "scalar_call.h"
#include "ufuncs.h"

namespace hypgeo {
namespace {

PyObject* cache_clear(PyObject*, PyObject*) {
  plan_cache_clear();
  Py_RETURN_NONE;
}

PyObject* cache_size(PyObject*, PyObject*) { return PyLong_FromSize_t(plan_cache_size()); }

PyObject* instruction_set(PyObject*, PyObject*) { return PyUnicode_FromString(kernels().name); }

PyMethodDef method_table[] = {
    {"call", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(scalar_call)),
     METH_FASTCALL, "call(a, b, c, z): the ufunc hyp2f1 with a short way for four plain numbers."},
    {"plan_ufunc", plan_ufunc, METH_VARARGS,
     "plan_ufunc(a, b, c, single) -> (ufunc, m, has_table) or None"},
    {"plan_table", plan_table, METH_VARARGS,
     "plan_table(m, b, c) -> (coefficients, key_shift, small_z, large_z) or None, with the shift and "
     "first key of each side"},
    {"plan_cache_clear", cache_clear, METH_NOARGS, "Forget all cached plan tables."},
    {"plan_cache_size", cache_size, METH_NOARGS, "Number of cached plan tables."},
    {"instruction_set", instruction_set, METH_NOARGS, "Name of the kernel build in use."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "hypgeo._core", "Compiled part of hypgeo.", -1, method_table,
    nullptr,               nullptr,        nullptr,                    nullptr,
};

}  // namespace
}  // namespace hypgeo

PyMODINIT_FUNC PyInit__core(void) {
  import_array();
  import_umath();
  if (const char* error = hypgeo::dispatch_error()) {
    PyErr_SetString(PyExc_ImportError, error);
    return nullptr;
  }
  PyObject* module = PyModule_Create(&hypgeo::definition);
  if (module != nullptr && !hypgeo::add_ufuncs(module)) Py_CLEAR(module);
  return module;
}
