// Python exceptions and floating-point flags from inside ufunc loops.
#pragma once

#include <cfenv>

#include "python.h"

namespace hypgeo {

// A loop cannot return an error. NumPy reports the exception that is set here as the cause of a
// SystemError, which hypgeo._errors unwraps.
inline void raise_in_loop(PyObject* type, const char* message) {
  const PyGILState_STATE state = PyGILState_Ensure();
  if (!PyErr_Occurred()) PyErr_SetString(type, message);
  PyGILState_Release(state);
}

// NumPy turns flags into warnings; a result that underflows or overflows is a legal result here.
class QuietFlags {
 public:
  QuietFlags() = default;
  QuietFlags(const QuietFlags&) = delete;
  QuietFlags& operator=(const QuietFlags&) = delete;
  ~QuietFlags() {
    if (std::fetestexcept(kReported)) std::feclearexcept(kReported);
  }

 private:
  static constexpr int kReported = FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW | FE_INVALID;
};

}  // namespace hypgeo
