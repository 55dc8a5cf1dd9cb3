// The module hypgeo._core.
#define HYPGEO_IMPORT_NUMPY
#include "python.h"

#include "baselines.h"
#include "dispatch.h"
#include "loops.h"
#include "plan_cache.h"
#include "plan_ufunc.h"
#include "scalar_call.h"

namespace hypgeo {
namespace {

constexpr int kLoops = 2;
PyUFuncGenericFunction functions[kLoops] = {loop_float64, loop_float32};
// SciPy's order: mixed and integer input is promoted to float64, all-float32 input stays float32.
constexpr char types[kLoops * 5] = {NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE,
                                    NPY_FLOAT,  NPY_FLOAT,  NPY_FLOAT,  NPY_FLOAT,  NPY_FLOAT};

constexpr const char* kDoc = "2F1(a, b; c; z), see hypgeo.hyp2f1.";

void kernel_eval(const double* m, const double* b, const double* c, const double* z, double* out,
                 std::size_t n) {
  kernels().eval(m, b, c, z, out, n);
}

Evaluation public_evaluation = {kernel_eval, true};

bool add_ufunc(PyObject* module, const char* name, Evaluation* how, void** data) {
  data[0] = data[1] = how;
  PyObject* ufunc = PyUFunc_FromFuncAndData(functions, data, types, kLoops, 4, 1, PyUFunc_None,
                                            name, kDoc, 0);
  return ufunc != nullptr && PyModule_AddObject(module, name, ufunc) == 0;
}

bool add_ufuncs(PyObject* module) {
  static void* data[kMethodCount + 1][kLoops];  // NumPy keeps the pointers
  if (!add_ufunc(module, "hyp2f1", &public_evaluation, data[kMethodCount])) return false;
  PyObject* ufunc = PyObject_GetAttrString(module, "hyp2f1");
  if (ufunc == nullptr) return false;
  scalar_call_set_ufunc(ufunc);
  Py_DECREF(ufunc);
  NamedMethod* methods = named_methods();
  for (int i = 0; i < kMethodCount; ++i) {
    if (!add_ufunc(module, methods[i].name, &methods[i].how, data[i])) return false;
  }
  return true;
}

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
