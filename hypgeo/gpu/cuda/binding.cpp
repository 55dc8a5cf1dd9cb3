// The extension of torch: kernels by name, with their arguments as hypgeo/gpu/_call.py lays them out.
#include <pybind11/pybind11.h>

#include <stdexcept>
#include <string>

#include "launch.h"

namespace py = pybind11;

namespace {

void launch(const char* name, const py::bytes& call, int blocks, int threads, int shared, int device,
            std::uintptr_t stream) {
  char* data = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_AsStringAndSize(call.ptr(), &data, &size) != 0) throw py::error_already_set();
  if (static_cast<std::size_t>(size) != hypgeo_call_bytes())
    throw std::invalid_argument("call must have " + std::to_string(hypgeo_call_bytes()) +
                                " bytes, got " + std::to_string(size));
  const hypgeo_grid grid = {blocks, threads, shared, device, stream};
  const char* error = hypgeo_launch(name, data, grid);
  if (error != nullptr) throw std::runtime_error(std::string(name) + ": " + error);
}

}  // namespace

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("launch", &launch, "Start a kernel on a stream.", py::arg("name"), py::arg("call"),
        py::arg("blocks"), py::arg("threads"), py::arg("shared"), py::arg("device"),
        py::arg("stream"));
  m.def("call_bytes", &hypgeo_call_bytes, "Size of the argument of all kernels.");
}
