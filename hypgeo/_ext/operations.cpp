#include "operations.h"

#include <cmath>
#include <limits>

namespace hypgeo {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void derivatives(const double* m, const double* b, const double* c, const double* z,
                 double* const (&out)[kMostOutputs], std::size_t n) {
  kernels().derivatives(m, b, c, z, out, n);
}

// A pass without F_b takes less: without digamma functions, for small integers b.
void slopes(const double* m, const double* b, const double* c, const double* z,
            double* const (&out)[kMostOutputs], std::size_t n) {
  double* const wanted[derivative_count] = {nullptr, nullptr, out[0], out[1], nullptr};
  kernels().derivatives(m, b, c, z, wanted, n);
}

// What becomes of SciPy's value where nothing terminates.

void other_value(const ScipyScalar& scipy, double a, double b, double c, double z, double* out) {
  out[0] = scipy(a, b, c, z);
}

void other_minus_one(const ScipyScalar& scipy, double a, double b, double c, double z,
                     double* out) {
  out[0] = scipy(a, b, c, z) - 1.0;
}

void other_log(const ScipyScalar& scipy, double a, double b, double c, double z, double* out) {
  const double value = scipy(a, b, c, z);
  out[0] = std::log(std::fabs(value));
  out[1] = value != value ? value : static_cast<double>((value > 0) - (value < 0));
}

void other_with_error(const ScipyScalar& scipy, double a, double b, double c, double z,
                      double* out) {
  out[0] = scipy(a, b, c, z);
  out[1] = kNan;
}

// DLMF 15.5.1 and 15.5.2; SciPy has no derivatives in b and c.
void other_derivatives(const ScipyScalar& scipy, double a, double b, double c, double z,
                       double* out) {
  const double slope = a * b / c;
  out[0] = scipy(a, b, c, z);
  out[1] = out[2] = kNan;
  out[3] = slope * scipy(a + 1, b + 1, c + 1, z);
  out[4] = slope * ((a + 1) * (b + 1) / (c + 1)) * scipy(a + 2, b + 2, c + 2, z);
}

void other_slopes(const ScipyScalar& scipy, double a, double b, double c, double z, double* out) {
  out[0] = kNan;
  out[1] = a * b / c * scipy(a + 1, b + 1, c + 1, z);
}

constexpr auto kEval = one_result<&Kernels::eval>;
constexpr auto kMinusOne = one_result<&Kernels::minus_one>;
constexpr auto kLog = two_results<&Kernels::log>;
constexpr auto kWithError = two_results<&Kernels::with_error>;

Operation table[kOperationCount] = {
    {"hyp2f1", kEval, 1, other_value, -1, -1, true},
    {"hyp2f1m1", kMinusOne, 1, other_minus_one},
    {"log_hyp2f1", kLog, 1, other_log},
    {"log_hyp2f1_and_sign", kLog, 2, other_log},
    {"value_and_error", kWithError, 2, other_with_error, -1, 1},
    {"hyp2f1_derivatives", derivatives, derivative_count, other_derivatives, 1},
    {"slopes_in_c_and_z", slopes, 2, other_slopes},
    {"method_used", one_result<&Kernels::which>, 1, nullptr},
};

}  // namespace

Operation* public_operations() { return table; }

}  // namespace hypgeo
