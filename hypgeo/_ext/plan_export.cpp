#include "plan_export.h"

#include <cstring>
#include <memory>

#include "plan_cache.h"

namespace hypgeo {

PyObject* plan_table(PyObject*, PyObject* args) {
  double m = 0, b = 0, c = 0;
  if (!PyArg_ParseTuple(args, "ddd:plan_table", &m, &b, &c)) return nullptr;
  const std::shared_ptr<const CachedPlan> plan = cached_plan(m, b, c);
  if (plan == nullptr) return PyErr_NoMemory();
  if (!plan->usable) Py_RETURN_NONE;
  const PlanTable& table = plan->table;
  const npy_intp shape[2] = {npy_intp(table.coefficient.size()) / plan_terms, plan_terms};
  PyObject* rows = PyArray_SimpleNew(2, shape, NPY_DOUBLE);
  if (rows == nullptr) return nullptr;
  std::memcpy(PyArray_DATA(reinterpret_cast<PyArrayObject*>(rows)), table.coefficient.data(),
              table.coefficient.size() * sizeof(double));
  return Py_BuildValue("Ni(dL)(dL)", rows, table.key_shift, table.small_z.shift,
                       table.small_z.first, table.large_z.shift, table.large_z.first);
}

}  // namespace hypgeo
