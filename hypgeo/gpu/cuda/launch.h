// Between the C++ of the extension and launch.cu.
#pragma once
#include <cstddef>
#include <cstdint>

struct hypgeo_grid {
  int blocks, threads, shared, device;
  std::uintptr_t stream;
};

std::size_t hypgeo_call_bytes();

// nullptr, or what went wrong.
const char* hypgeo_launch(const char* name, const void* call, const hypgeo_grid& grid);
