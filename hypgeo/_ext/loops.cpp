#include "loops.h"

#include <limits>
#include <new>

#include "block.h"
#include "errors.h"
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

struct Operands {
  char** args;
  const npy_intp* steps;
};

template <class T>
bool is_constant(const Operands& x, int operand, npy_intp n) {
  if (x.steps[operand] == 0) return true;
  const double first = load<T>(x.args[operand], x.steps[operand], 0);
  for (npy_intp i = n - 1; i > 0; --i) {  // from the end: sorted parameters differ there at once
    if (load<T>(x.args[operand], x.steps[operand], i) != first) return false;
  }
  return true;
}

template <class T>
bool any_above_one(const Operands& x, npy_intp n) {
  bool found = false;
  for (npy_intp i = 0; i < n; ++i) found |= load<T>(x.args[3], x.steps[3], i) > 1.0;
  return found;
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
  // z > 1 may need SciPy, which a plan does not call.
  if (m <= kScipyDegree && any_above_one<T>(x, n)) return false;
  const auto plan = cached_plan(m, b, c);
  if (!plan || !plan->usable) return false;
  run_plan<T>(plan->table, x.args[3], x.steps[3], x.args[4], x.steps[4], n);
  return true;
}

struct Patches {
  npy_intp index[kBlock];
  npy_intp count = 0;
};

// Fills block.m and block.b. Elements that the kernel must not see become F(0, 1; 1; 0) = 1 and are
// listed: those with a NaN, and those that do not terminate.
void classify_block(Block& block, npy_intp n, Patches& nans, Patches& others) {
  for (npy_intp i = 0; i < n; ++i) {
    const Kind kind = classify(block.m[i], block.b[i], block.c[i], block.z[i], block.m[i]);
    if (kind == Kind::terminating) continue;
    Patches& list = kind == Kind::nan ? nans : others;
    list.index[list.count++] = i;
    block.m[i] = 0;
    block.b[i] = block.c[i] = 1;
    block.z[i] = 0;
  }
}

void list_unresolved(const Block& block, npy_intp n, Patches& unresolved) {
  for (npy_intp i = 0; i < n; ++i) {
    if (is_for_scipy(block.m[i], block.out[i])) unresolved.index[unresolved.count++] = i;
  }
}

// False: SciPy is missing, the Python exception is set.
template <class T>
bool patch_from_scipy(const Operands& x, npy_intp start, const Patches& others, double* out) {
  const ScipyScalar* scipy = ScipyScalar::get();
  if (scipy == nullptr) return false;
  for (npy_intp j = 0; j < others.count; ++j) {
    const npy_intp i = start + others.index[j];
    out[others.index[j]] =
        (*scipy)(load<T>(x.args[0], x.steps[0], i), load<T>(x.args[1], x.steps[1], i),
                 load<T>(x.args[2], x.steps[2], i), load<T>(x.args[3], x.steps[3], i));
  }
  return true;
}

template <class T>
bool run_block(const Operands& x, npy_intp start, npy_intp n, const Evaluation& how) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Block block;
  Patches nans, others;
  double* const into[] = {block.m, block.b, block.c, block.z};
  for (int operand = 0; operand < 4; ++operand) {
    load_block<T>(x.args[operand] + start * x.steps[operand], x.steps[operand], n, into[operand]);
  }
  classify_block(block, n, nans, others);
  how.eval(block.m, block.b, block.c, block.z, block.out, static_cast<std::size_t>(n));
  Patches unresolved;
  if (how.is_public) list_unresolved(block, n, unresolved);
  if (unresolved.count > 0 && !patch_from_scipy<T>(x, start, unresolved, block.out)) return false;
  for (npy_intp j = 0; j < nans.count; ++j) block.out[nans.index[j]] = kNan;
  if (others.count > 0 && !how.is_public) {
    for (npy_intp j = 0; j < others.count; ++j) block.out[others.index[j]] = kNan;
  } else if (others.count > 0 && !patch_from_scipy<T>(x, start, others, block.out)) {
    return false;
  }
  store_block<T>(block.out, n, x.args[4] + start * x.steps[4], x.steps[4]);
  return true;
}

template <class T>
void loop(char** args, const npy_intp* dimensions, const npy_intp* steps, void* data) {
  const QuietFlags quiet;
  const Evaluation& how = *static_cast<const Evaluation*>(data);
  const Operands x = {args, steps};
  const npy_intp n = dimensions[0];
  try {
    if (how.is_public && run_planned<T>(x, n)) return;
    for (npy_intp start = 0; start < n; start += kBlock) {
      if (!run_block<T>(x, start, n - start < kBlock ? n - start : kBlock, how)) return;
    }
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
