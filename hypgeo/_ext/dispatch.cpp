// Picks the widest build of the kernels that the CPU runs, once per process.
//
// A build is taken only if it reproduces the portable one on points that reach every method: a guard
// against what a compiler or an emulator may make of the wide instructions.
#include "dispatch.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

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

constexpr int kChecks = 64;

// Deterministic arguments that reach every method: m to 2^50, small and large b and c - b.
void check_points(double* m, double* b, double* c, double* z) {
  for (int i = 0; i < kChecks; ++i) {
    m[i] = std::floor(std::exp2(i % 11 * 5.0)) + i % 3;
    b[i] = std::exp2(i % 7 * 3.0 - 10.0);
    c[i] = b[i] + std::exp2(i % 5 * 4.0 - 9.0);
    const double scaled = (i % 13 + 0.5) * c[i] / (m[i] * b[i]);
    z[i] = i % 8 == 7 ? -scaled : scaled < 1 ? scaled : 1 - std::exp2(-(i % 17));
  }
}

bool reproduces_baseline(const Kernels& kernels) {
  constexpr double kTolerance = 0x1p-46;  // each build is good to 8 eps = 2^-49
  double m[kChecks], b[kChecks], c[kChecks], z[kChecks], expected[kChecks], got[kChecks];
  check_points(m, b, c, z);
  baseline::kernel_table.eval(m, b, c, z, expected, kChecks);
  kernels.eval(m, b, c, z, got, kChecks);
  for (int i = 0; i < kChecks; ++i)
    if (got[i] != expected[i] && !(std::fabs(got[i] / expected[i] - 1) <= kTolerance)) return false;
  return true;
}

const Kernels* widest() {
  for (const char* name : {"avx512", "avx2"}) {
    const Kernels* found = find(name);
    if (found != nullptr && reproduces_baseline(*found)) return found;
  }
  return &baseline::kernel_table;
}

Choice choose() {
#if defined(HYPGEO_X86)
  __builtin_cpu_init();
#endif
  const char* wanted = std::getenv("HYPGEO_CPU");
  const bool given = wanted != nullptr && *wanted != '\0';
  const Kernels* found = given ? find(wanted) : widest();
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
