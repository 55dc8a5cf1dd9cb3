// Picks the widest build of the kernels that the CPU runs, once per process.
#include "dispatch.h"

#include <cstdlib>
#include <cstring>

namespace hypgeo {

// Each kernels_*.cpp defines its own table (hypgeo/csrc/kernels.h).
namespace baseline {
extern const Kernels kernel_table;
}
#if defined(HYPGEO_X86)
namespace avx2 {
extern const Kernels kernel_table;
}
namespace avx512 {
extern const Kernels kernel_table;
}
#endif

namespace {

struct Choice {
  const Kernels* kernels;
  const char* error;
};

bool has_avx2() {
#if defined(HYPGEO_X86)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi2");
#else
  return false;
#endif
}

bool has_avx512() {
#if defined(HYPGEO_X86)
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

const Kernels* find(const char* name) {
  if (std::strcmp(name, "baseline") == 0) return &baseline::kernel_table;
#if defined(HYPGEO_X86)
  if (std::strcmp(name, "avx2") == 0 && has_avx2()) return &avx2::kernel_table;
  if (std::strcmp(name, "avx512") == 0 && has_avx512()) return &avx512::kernel_table;
#endif
  return nullptr;
}

Choice choose() {
#if defined(HYPGEO_X86)
  __builtin_cpu_init();
#endif
  const char* wanted = std::getenv("HYPGEO_CPU");
  const char* best = has_avx512() ? "avx512" : (has_avx2() ? "avx2" : "baseline");
  const bool given = wanted != nullptr && *wanted != '\0';
  const Kernels* found = find(given ? wanted : best);
  if (found != nullptr) return {found, nullptr};
  return {&baseline::kernel_table,
          "HYPGEO_CPU must be baseline, avx2 or avx512, and this CPU must support it"};
}

const Choice& choice() {
  static const Choice once = choose();
  return once;
}

}  // namespace

const Kernels& kernels() { return *choice().kernels; }

const char* dispatch_error() { return choice().error; }

}  // namespace hypgeo
