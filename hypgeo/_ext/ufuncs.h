// Every operation as a ufunc of hypgeo._core.
#pragma once

#include "python.h"

namespace hypgeo {

// False: the Python exception is set.
bool add_ufuncs(PyObject* module);

}  // namespace hypgeo
