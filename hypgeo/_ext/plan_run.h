// A plan table along a strided z.
#pragma once

#include <type_traits>

#include "block.h"
#include "hypgeo/csrc/dispatch.h"

namespace hypgeo {

// plan_eval takes any z (NaN gives NaN) but its operands must not overlap.
template <class In, class Out = In>
void run_plan(const PlanTable& table, const char* z, npy_intp z_step, char* out, npy_intp out_step,
              npy_intp n) {
  constexpr npy_intp kDouble = sizeof(double);
  if (std::is_same<In, double>::value && std::is_same<Out, double>::value && z != out &&
      z_step == kDouble && out_step == kDouble) {
    kernels().plan_eval(&table, reinterpret_cast<const double*>(z), reinterpret_cast<double*>(out),
                        static_cast<std::size_t>(n));
    return;
  }
  double from[kBlock], to[kBlock];
  for (npy_intp start = 0; start < n; start += kBlock) {
    const npy_intp count = n - start < kBlock ? n - start : kBlock;
    load_block<In>(z + start * z_step, z_step, count, from);
    kernels().plan_eval(&table, from, to, static_cast<std::size_t>(count));
    store_block<Out>(to, count, out + start * out_step, out_step);
  }
}

}  // namespace hypgeo
