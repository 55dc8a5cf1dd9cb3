// Finds hyp2f1 of double and of complex z among the C functions that scipy.special.cython_special
// exports.
#include "scipy_scalar.h"

#include <atomic>
#include <cstring>

#include "python.h"

namespace hypgeo {
namespace {

constexpr const char* kMissing =
    "2F1(a, b; c; z) with neither a nor b a nonpositive integer is evaluated by SciPy, which is "
    "not installed: pip install hypgeo[scipy]";
constexpr const char* kUnknown =
    "this version of SciPy exports no hyp2f1 that hypgeo knows; it is needed when neither a nor b "
    "is a nonpositive integer: pip install -U hypgeo[scipy]";

// Cython writes the C signature into the capsule's name.
constexpr const char* kReal = "double (double, double, double, double";
constexpr const char* kComplex =
    "__pyx_t_double_complex (double, double, double, __pyx_t_double_complex";

ScipyScalar instance;
std::atomic<const ScipyScalar*> found{nullptr};

PyObject* exported_functions() {
  PyObject* module = PyImport_ImportModule("scipy.special.cython_special");
  if (module == nullptr) {
    if (PyErr_ExceptionMatches(PyExc_ImportError)) {
      PyErr_Clear();
      PyErr_SetString(PyExc_ImportError, kMissing);
    }
    return nullptr;
  }
  PyObject* table = PyObject_GetAttrString(module, "__pyx_capi__");
  Py_DECREF(module);
  if (table != nullptr && PyDict_Check(table)) return table;
  Py_XDECREF(table);
  PyErr_SetString(PyExc_ImportError, kUnknown);
  return nullptr;
}

template <class Number>
void take_if(Exported<Number>& function, PyObject* capsule, const char* prefix) {
  const char* signature = PyCapsule_GetName(capsule);
  const std::size_t length = std::strlen(prefix);
  if (signature == nullptr || std::strncmp(signature, prefix, length) != 0) return;
  function.take(PyCapsule_GetPointer(capsule, signature), signature + length);
}

}  // namespace

template <class Number>
void Exported<Number>::take(void* address, const char* rest) {
  if (std::strcmp(rest, ")") == 0) {
    plain_ = reinterpret_cast<Plain>(address);
  } else if (std::strcmp(rest, ", int __pyx_skip_dispatch)") == 0) {
    with_flag_ = reinterpret_cast<WithFlag>(address);
  }
}

bool ScipyScalar::find() {
  PyObject* table = exported_functions();
  if (table == nullptr) return false;
  PyObject *key = nullptr, *value = nullptr;
  Py_ssize_t position = 0;
  while (PyDict_Next(table, &position, &key, &value)) {
    const char* name = PyUnicode_Check(key) ? PyUnicode_AsUTF8(key) : nullptr;
    if (name == nullptr || std::strstr(name, "hyp2f1") == nullptr) continue;
    if (!PyCapsule_CheckExact(value)) continue;
    take_if(real_, value, kReal);
    take_if(complex_, value, kComplex);
  }
  Py_DECREF(table);
  if (real_.is_found() && complex_.is_found()) return true;
  if (!PyErr_Occurred()) PyErr_SetString(PyExc_ImportError, kUnknown);
  return false;
}

const ScipyScalar* ScipyScalar::get() {
  const ScipyScalar* ready = found.load(std::memory_order_acquire);
  if (ready != nullptr) return ready;
  const PyGILState_STATE state = PyGILState_Ensure();
  ready = found.load(std::memory_order_acquire);  // another thread may have been first
  if (ready == nullptr && !PyErr_Occurred() && instance.find()) {
    found.store(&instance, std::memory_order_release);
    ready = &instance;
  }
  PyGILState_Release(state);
  return ready;
}

}  // namespace hypgeo
