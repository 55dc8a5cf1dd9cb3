#include "plan_ufunc.h"

#include <memory>
#include <new>

#include "block.h"
#include "classify.h"
#include "errors.h"
#include "plan_cache.h"
#include "plan_run.h"

namespace hypgeo {
namespace {

constexpr const char* kCapsule = "hypgeo._core.plan";

// NumPy keeps pointers into this, so it lives as long as the ufunc, which owns the capsule.
struct PlanState {
  std::shared_ptr<const CachedPlan> plan;
  double m, b, c;
  PyUFuncGenericFunction functions[2];
  void* data[2];
  char types[4];
};

template <class In, class Out>
void run_eval(const PlanState& state, char** args, npy_intp n, const npy_intp* steps) {
  Block block;
  for (npy_intp i = 0; i < (n < kBlock ? n : kBlock); ++i) {
    block.m[i] = state.m;
    block.b[i] = state.b;
    block.c[i] = state.c;
  }
  for (npy_intp start = 0; start < n; start += kBlock) {
    const npy_intp count = n - start < kBlock ? n - start : kBlock;
    load_block<In>(args[0] + start * steps[0], steps[0], count, block.z);
    double* const out = block.out[0];
    kernels().eval(block.m, block.b, block.c, block.z, out, static_cast<std::size_t>(count));
    for (npy_intp i = 0; i < count; ++i) {
      if (block.z[i] != block.z[i]) out[i] = block.z[i];
    }
    store_block<Out>(out, count, args[1] + start * steps[1], steps[1]);
  }
}

template <class In, class Out>
void plan_loop(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data) {
  const QuietFlags quiet;
  const PlanState& state = *static_cast<const PlanState*>(data);
  if (state.plan->usable) {
    run_plan<In, Out>(state.plan->table, args[0], steps[0], args[1], steps[1], dimensions[0]);
  } else {
    run_eval<In, Out>(state, args, dimensions[0], steps);
  }
}

void free_state(PyObject* capsule) {
  delete static_cast<PlanState*>(PyCapsule_GetPointer(capsule, kCapsule));
}

void set_loop(PlanState& state, int i, PyUFuncGenericFunction function, char in, char out) {
  state.functions[i] = function;
  state.data[i] = &state;
  state.types[2 * i] = in;
  state.types[2 * i + 1] = out;
}

// float32 plans take float64 z as well: rounding z first would move F by more than its last bit.
int set_loops(PlanState& state, bool single) {
  if (!single) {
    set_loop(state, 0, plan_loop<double, double>, NPY_DOUBLE, NPY_DOUBLE);
    return 1;
  }
  set_loop(state, 0, plan_loop<float, float>, NPY_FLOAT, NPY_FLOAT);
  set_loop(state, 1, plan_loop<double, float>, NPY_DOUBLE, NPY_FLOAT);
  return 2;
}

PyObject* make_ufunc(PlanState* state, bool single) {
  PyObject* capsule = PyCapsule_New(state, kCapsule, free_state);
  if (capsule == nullptr) {
    delete state;
    return nullptr;
  }
  const int loops = set_loops(*state, single);
  PyObject* ufunc =
      PyUFunc_FromFuncAndData(state->functions, state->data, state->types, loops, 1, 1,
                              PyUFunc_None, "plan", "2F1 of one (a, b, c) at z", 0);
  if (ufunc == nullptr) {
    Py_DECREF(capsule);
    return nullptr;
  }
  reinterpret_cast<PyUFuncObject*>(ufunc)->obj = capsule;
  return ufunc;
}

}  // namespace

PyObject* plan_ufunc(PyObject*, PyObject* args) {
  double a = 0, b = 0, c = 0, m = 0;
  int single = 0;
  if (!PyArg_ParseTuple(args, "dddp:plan_ufunc", &a, &b, &c, &single)) return nullptr;
  if (classify(a, b, c, 0.0, m) != Kind::terminating) Py_RETURN_NONE;
  std::shared_ptr<const CachedPlan> plan = cached_plan(m, b, c);
  PlanState* state = plan ? new (std::nothrow) PlanState{plan, m, b, c, {}, {}, {}} : nullptr;
  if (state == nullptr) return PyErr_NoMemory();
  PyObject* ufunc = make_ufunc(state, single != 0);
  if (ufunc == nullptr) return nullptr;
  return Py_BuildValue("Ndi", ufunc, m, plan->usable ? 1 : 0);
}

}  // namespace hypgeo
