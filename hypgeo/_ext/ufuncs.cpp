#include "ufuncs.h"

#include "baselines.h"
#include "complex_loops.h"
#include "loops.h"
#include "operations.h"
#include "scalar_call.h"

namespace hypgeo {
namespace {

struct Loop {
  PyUFuncGenericFunction function;
  char parameter, z;  // type of a, b, c; type of z and of the results
};

// SciPy's order: mixed and integer input is promoted to float64 or complex128, all-float32 input
// stays float32.
constexpr Loop kLoops[] = {{loop_float64, NPY_DOUBLE, NPY_DOUBLE},
                           {loop_complex128, NPY_DOUBLE, NPY_CDOUBLE},
                           {loop_float32, NPY_FLOAT, NPY_FLOAT},
                           {loop_complex64, NPY_FLOAT, NPY_CFLOAT}};
constexpr int kMostLoops = 4;

constexpr const char* kDoc = "Of (a, b; c; z), see the function of this name in hypgeo.";

// NumPy keeps pointers into this.
struct Storage {
  PyUFuncGenericFunction functions[kMostLoops];
  void* data[kMostLoops];
  char types[kMostLoops * (4 + kMostOutputs)];
};

PyObject* make_ufunc(Operation& how, bool takes_complex, Storage& to) {
  int loops = 0;
  char* type = to.types;
  for (const Loop& loop : kLoops) {
    if (loop.z != loop.parameter && !takes_complex) continue;
    to.functions[loops] = loop.function;
    to.data[loops++] = &how;
    for (int k = 0; k < 3; ++k) *type++ = loop.parameter;
    for (int k = 3; k < 4 + how.outputs; ++k) *type++ = loop.z;
  }
  return PyUFunc_FromFuncAndData(to.functions, to.data, to.types, loops, 4, how.outputs,
                                 PyUFunc_None, how.name, kDoc, 0);
}

}  // namespace

bool add_ufuncs(PyObject* module) {
  static Storage storage[kOperationCount + kMethodCount];
  for (int i = 0; i < kOperationCount + kMethodCount; ++i) {
    const bool is_public = i < kOperationCount, is_hyp2f1 = i == 0;
    Operation& how = is_public ? public_operations()[i] : named_methods()[i - kOperationCount];
    PyObject* ufunc = make_ufunc(how, is_hyp2f1, storage[i]);
    if (ufunc == nullptr) return false;
    if (is_hyp2f1) scalar_call_set_ufunc(ufunc);
    if (PyModule_AddObject(module, how.name, ufunc) != 0) return false;
  }
  return true;
}

}  // namespace hypgeo
