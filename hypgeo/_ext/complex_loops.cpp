#include "complex_loops.h"

#include "block.h"
#include "classify.h"
#include "errors.h"
#include "interruptible.h"
#include "scipy_scalar.h"

namespace hypgeo {
namespace {

// False: SciPy is missing, the Python exception is set.
template <class T>
bool put_others(const Operands& x, npy_intp start, const Patches& others, Block& block) {
  const ScipyScalar* scipy = ScipyScalar::get();
  if (scipy == nullptr) return false;
  for (npy_intp j = 0; j < others.count; ++j) {
    const npy_intp i = others.index[j];
    double in[3];
    for (int k = 0; k < 3; ++k) in[k] = load<T>(x.at(k, start + i), 0, 0);
    const char* z = x.at(3, start + i);
    const ComplexNumber value = (*scipy)(
        in[0], in[1], in[2], ComplexNumber{load<T>(z, 0, 0), load<T>(z + sizeof(T), 0, 0)});
    block.out[0][i] = value.real;
    block.out[1][i] = value.imag;
  }
  return true;
}

template <class T>
void load_all(const Operands& x, npy_intp start, npy_intp n, Block& block, double* z_imag) {
  double* const into[] = {block.m, block.b, block.c, block.z};
  for (int k = 0; k < 4; ++k) load_block<T>(x.at(k, start), x.steps[k], n, into[k]);
  load_block<T>(x.at(3, start) + sizeof(T), x.steps[3], n, z_imag);
  for (npy_intp i = 0; i < n; ++i) {
    if (z_imag[i] != z_imag[i]) block.z[i] = z_imag[i];  // NaN if either part is
  }
}

template <class T>
bool run_block(const Operands& x, npy_intp start, npy_intp n) {
  Block block;
  double z_imag[kBlock];
  Exceptions found;
  double *real = block.out[0], *imag = block.out[1];
  load_all<T>(x, start, n, block, z_imag);
  classify_block(block, n, found);
  kernels().complex(block.m, block.b, block.c, block.z, z_imag, real, imag,
                    static_cast<std::size_t>(n));
  put_nan(found.nans, real);
  put_nan(found.nans, imag);
  if (found.nonterminating.count > 0 && !put_others<T>(x, start, found.nonterminating, block)) {
    return false;
  }
  store_block<T>(real, n, x.at(4, start), x.steps[4]);
  store_block<T>(imag, n, x.at(4, start) + sizeof(T), x.steps[4]);
  return true;
}

template <class T>
void loop(char** args, const npy_intp* dimensions, const npy_intp* steps) {
  const QuietFlags quiet;
  interruptible_blocks(dimensions[0], [&](npy_intp start, npy_intp count) {
    return run_block<T>({args, steps}, start, count);
  });
}

}  // namespace

void loop_complex128(char** args, const npy_intp* dimensions, const npy_intp* steps, void*) {
  loop<double>(args, dimensions, steps);
}

void loop_complex64(char** args, const npy_intp* dimensions, const npy_intp* steps, void*) {
  loop<float>(args, dimensions, steps);
}

}  // namespace hypgeo
