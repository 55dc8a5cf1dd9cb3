// Complex z.
#pragma once
#include <cstddef>

#include "evaluate.h"

#ifndef HYPGEO_ONE_BY_ONE  // host only
HYPGEO_BEGIN

HYPGEO_OUTLINE complex_of<double> complex_value(double m, double b, double c, complex_of<double> z) {
  constexpr double nan = NAN;
  const double sum = m + b + c + z.re + z.im;
  if (sum - sum != 0.0) return {nan, nan};
  if (m == 0.0 || b == 0.0 || (z.re == 0.0 && z.im == 0.0)) return {1.0, 0.0};
  if (is_pole(m, c)) return {HUGE_VAL, 0.0};
  const scaled<complex_of<dd<double>>> r = general_value(m, b, c, z);
  if (!is_known(r)) return {nan, nan};
  return {unscaled(r.value.re.hi, r.exponent), unscaled(r.value.im.hi, r.exponent)};
}

struct complex_operands {
  const double *m, *b, *c, *z_real, *z_imag;
  double *real, *imag;
};

// Elements with a real z are evaluated together.
template <class V>
void complex_block(const complex_operands& o, int n) {
  double m[block_size], b[block_size], c[block_size], z[block_size], value[block_size];
  int index[block_size], count = 0;
  for (int i = 0; i < n; ++i) {
    if (o.z_imag[i] == 0.0) {
      m[count] = o.m[i];
      b[count] = o.b[i];
      c[count] = o.c[i];
      z[count] = o.z_real[i];
      index[count++] = i;
      continue;
    }
    const complex_of<double> f =
        complex_value(o.m[i], o.b[i], o.c[i], {o.z_real[i], o.z_imag[i]});
    o.real[i] = f.re;
    o.imag[i] = f.im;
  }
  evaluate_block<V, best_route>({m, b, c, z, value}, count);
  for (int i = 0; i < count; ++i) {
    o.real[index[i]] = value[i];
    o.imag[index[i]] = o.z_imag[index[i]];
  }
}

template <class V>
void evaluate_complex(const double* m, const double* b, const double* c, const double* z_real,
                      const double* z_imag, double* real, double* imag, std::size_t n) {
  for_blocks(n, [=](std::size_t i, int count) {
    complex_block<V>({m + i, b + i, c + i, z_real + i, z_imag + i, real + i, imag + i}, count);
  });
}

HYPGEO_END
#endif
