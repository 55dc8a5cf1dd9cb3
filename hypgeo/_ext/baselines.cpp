// The series are built for the portable instruction set only: plain loops, as published.
#include "baselines.h"

#include <vector>

#include "hypgeo/csrc/series.h"

namespace hypgeo {
namespace {

namespace kernel = portable;
using kernel::series::index_t;

template <double (*scalar)(double, double, double, double)>
void each(const double* m, const double* b, const double* c, const double* z,
          double* const (&out)[kMostOutputs], std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[0][i] = scalar(m[i], b[i], c[i], z[i]);
}

// 128 MiB of ratios; the terms beyond are computed as they come.
constexpr double kStoredRatios = 16777216.0;

void precomputed(const double* m, const double* b, const double* c, const double* z,
                 double* const (&out)[kMostOutputs], std::size_t n) {
  std::vector<double> ratio;
  kernel::series::Scaled<double> front = {1, 0};
  for (std::size_t i = 0; i < n; ++i) {
    if (i == 0 || m[i] != m[i - 1] || b[i] != b[i - 1] || c[i] != c[i - 1]) {
      const kernel::series::ReflectedTerms<double> terms(m[i], b[i], c[i], 0.0);
      ratio.resize(static_cast<std::size_t>(m[i] < kStoredRatios ? m[i] : kStoredRatios));
      for (std::size_t k = 0; k < ratio.size(); ++k) {
        ratio[k] = terms.base(static_cast<index_t>(k));
      }
      front = kernel::series::prefactor(m[i], b[i], c[i]);
    }
    out[0][i] = kernel::parallel_precomputed(ratio.data(), static_cast<index_t>(ratio.size()),
                                             front, m[i], b[i], c[i], z[i]);
  }
}

Operation table[kMethodCount] = {
    {"method_direct", each<kernel::direct<double>>, 1, nullptr},
    {"method_reflected_auto", each<kernel::reflected_auto<double>>, 1, nullptr},
    {"method_reflected", each<kernel::reflected<double>>, 1, nullptr},
    {"method_parallel", each<kernel::parallel<double>>, 1, nullptr},
    {"method_parallel_precomputed", precomputed, 1, nullptr},
    {"method_scan", each<kernel::scan<double>>, 1, nullptr},
    {"method_quadrature", one_result<&Kernels::quadrature>, 1, nullptr},
};

}  // namespace

Operation* named_methods() { return table; }

}  // namespace hypgeo
