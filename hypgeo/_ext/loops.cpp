#include "loops.h"

#include <cmath>
#include <limits>
#include <new>

#include "block.h"
#include "classify.h"
#include "errors.h"
#include "interruptible.h"
#include "operation.h"
#include "plan_cache.h"
#include "plan_run.h"
#include "scipy_scalar.h"

namespace hypgeo {
namespace {

// From here a table pays at once or at the next call: an element costs hundreds of ns without it
// and a few ns with it. Larger b takes more panels, and up to some ms to build them; the second
// bound stays below the length of NumPy's buffered chunks (8192).
constexpr npy_intp kPlanRun = 2000, kLongPlanRun = 8000;
constexpr double kQuickPlanB = 2.0;

template <class T>
bool is_constant(const Operands& x, int operand, npy_intp n) {
  if (x.steps[operand] == 0) return true;
  const double first = load<T>(x.args[operand], x.steps[operand], 0);
  for (npy_intp i = n - 1; i > 0; --i) {  // from the end: sorted parameters differ there at once
    if (load<T>(x.args[operand], x.steps[operand], i) != first) return false;
  }
  return true;
}

// One (a, b, c) along a long z. False: not such a run, nothing was written.
template <class T>
bool run_planned(const Operands& x, npy_intp n) {
  if (n < kPlanRun) return false;
  for (int operand = 0; operand < 3; ++operand) {
    if (!is_constant<T>(x, operand, n)) return false;
  }
  const double a = load<T>(x.args[0], 0, 0), c = load<T>(x.args[2], 0, 0);
  double b = load<T>(x.args[1], 0, 0), m = 0;
  if (classify(a, b, c, 0.0, m) != Kind::terminating) return false;
  if (n < kLongPlanRun && b > kQuickPlanB) return false;
  const auto plan = cached_plan(m, b, c);
  if (!plan || !plan->usable) return false;
  run_plan<T>(plan->table, x.args[3], x.steps[3], x.args[4], x.steps[4], n);
  return true;
}

// False: SciPy is missing, the Python exception is set.
template <class T>
bool put_others(const Operands& x, npy_intp start, const Patches& others, const Operation& how,
                Block& block) {
  const ScipyScalar* scipy = ScipyScalar::get();
  if (scipy == nullptr) return false;
  for (npy_intp j = 0; j < others.count; ++j) {
    const npy_intp i = others.index[j];
    double in[4], out[kMostOutputs];
    for (int k = 0; k < 4; ++k) in[k] = load<T>(x.at(k, start + i), 0, 0);
    how.other(*scipy, in[0], in[1], in[2], in[3], out);
    for (int k = 0; k < how.outputs; ++k) block.out[k][i] = out[k];
  }
  return true;
}

// Adds what rounding the value to T will cost, and rounds the sum up.
template <class T>
void widen_error(const double* value, double* error, npy_intp n) {
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  for (npy_intp i = 0; i < n; ++i) {
    const bool is_finite = std::fabs(value[i]) <= std::numeric_limits<double>::max();
    const double rounding = is_finite ? std::fabs(static_cast<T>(value[i]) - value[i]) : 0.0;
    const double total = error[i] + rounding;
    const T nearest = static_cast<T>(total);
    error[i] = nearest < total ? std::nextafter(nearest, kInfinity) : nearest;
  }
}

template <class T>
bool run_block(const Operands& x, npy_intp start, npy_intp n, const Operation& how) {
  Block block;
  Exceptions found;
  double* const into[] = {block.m, block.b, block.c, block.z};
  for (int k = 0; k < 4; ++k) load_block<T>(x.at(k, start), x.steps[k], n, into[k]);
  classify_block(block, n, found);
  double* out[kMostOutputs];
  for (int k = 0; k < kMostOutputs; ++k) out[k] = block.out[k];
  how.terminating(block.m, block.b, block.c, block.z, out, static_cast<std::size_t>(n));
  if (how.in_b >= 0) put_nan(found.ended_by_b, block.out[how.in_b]);
  for (int k = 0; k < how.outputs; ++k) {
    put_nan(found.nans, block.out[k]);
    if (how.other == nullptr) put_nan(found.nonterminating, block.out[k]);
  }
  if (how.other != nullptr && found.nonterminating.count > 0 &&
      !put_others<T>(x, start, found.nonterminating, how, block)) {
    return false;
  }
  if (how.error >= 0) widen_error<T>(block.out[0], block.out[how.error], n);
  for (int k = 0; k < how.outputs; ++k) {
    store_block<T>(block.out[k], n, x.at(4 + k, start), x.steps[4 + k]);
  }
  return true;
}

template <class T>
void loop(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data) {
  const QuietFlags quiet;
  const Operation& how = *static_cast<const Operation*>(data);
  const Operands x = {args, steps};
  const npy_intp n = dimensions[0];
  try {
    if (how.is_planned && run_planned<T>(x, n)) return;
    interruptible_blocks(n, [&](npy_intp start, npy_intp count) {
      return run_block<T>(x, start, count, how);
    });
  } catch (const std::bad_alloc&) {
    raise_in_loop(PyExc_MemoryError, "not enough memory for the series terms");
  }
}

}  // namespace

void loop_float64(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data) {
  loop<double>(args, dimensions, steps, data);
}

void loop_float32(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data) {
  loop<float>(args, dimensions, steps, data);
}

}  // namespace hypgeo
