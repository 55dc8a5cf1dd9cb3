// The expansion for large m z (asymptotic.h) for b and c of any sign, as a scaled number.
//
// For |1 - z| < 1 the end t = 0 of Euler's integral outweighs the end t = 1 by |1 - z|^m, whatever
// the sign of b and of d = c - b, by analytic continuation in both; for |1 - z| > 1 Pfaff's
// transformation exchanges the ends.
#pragma once
#include "asymptotic.h"
#include "scaled.h"

HYPGEO_BEGIN

// e^x.
HYPGEO_INLINE scaled<dd<double>> exp_scaled_apart(dd<double> x) {
  const double k = std::nearbyint(x.hi / ln2_hi);
  const dd<double> r = sub(x, mul(dd<double>{ln2_hi, ln2_lo}, k));
  return {widen(exp(r.hi) * (1.0 + r.lo)), 0.0, static_cast<long long>(k)};
}

constexpr double most_raised = 1e6;  // steps from a negative argument of Gamma to a positive one

// Gamma(x) = Gamma(raised) / product, raised > 0.
struct raised_gamma {
  dd<double> raised;
  scaled<dd<double>> product;
};
HYPGEO_OUTLINE raised_gamma raise_gamma(dd<double> x) {
  raised_gamma g = {x, {widen(1.0), 0.0, 0}};
  while (g.raised.hi < 0.5) {
    g.product.value = mul(g.product.value, g.raised);
    g.product = normalised(g.product);
    g.raised = add(g.raised, 1.0);
  }
  return g;
}

// The logarithm of Gamma(c) / Gamma(d) Gamma(n) / Gamma(n + b) z^-b but for Stirling's remainders and
// square roots, c, d > 0.
HYPGEO_OUTLINE dd<double> log_of_far_powers(dd<double> c, dd<double> d, dd<double> n,
                                           dd<double> b, double z) {
  const dd<double> shift = sub(c, d), nb = add(n, b);
  const auto log = [](dd<double> x) { return log1p(add(x, -1.0), x); };
  const dd<double> up = add(mul(shift, log(c)), mul(d, log1p(div(shift, d), div(c, d))));
  const dd<double> down = add(mul(log(mul(nb, z)), b), mul(n, log1p(div(b, n), div(nb, n))));
  return add(sub(up, down), sub(b, shift));
}

// Far enough, and with terms that fall fast enough; see is_asymptotic.
HYPGEO_INLINE bool is_far(double m, double b, double d, double z) {
  const double nz = (m + 1) * z, size_b = abs(b), size_d = abs(d);
  if (!(m > 48.0) || size_b > most_raised || size_d > most_raised) return false;
  const double wide = (size_b + 1) * (size_d + 1);
  if (!(2 * size_b + 60 <= nz && wide <= 0.25 * nz)) return false;
  const double q = abs(1.0 - z);
  return q == 0.0 || -m * std::log(q) > 60 + 4 * (size_b + size_d + 1) * std::log(nz);
}

HYPGEO_OUTLINE scaled<dd<double>> far_value(double m, dd<double> b, double c, dd<double> d,
                                            double z) {
  const dd<double> n = two_sum(m, 1.0);
  const double sum = asymptotic_series(n.hi, b.hi, d.hi, z);
  const raised_gamma gc = raise_gamma(widen(c)), gd = raise_gamma(d);
  const double stirling = gamma_factor(gd.raised.hi) / gamma_factor(gc.raised.hi) *
                          gamma_factor(n.hi + b.hi) / gamma_factor(n.hi);
  scaled<dd<double>> r = exp_scaled_apart(log_of_far_powers(gc.raised, gd.raised, n, b, z));
  r.value = div(mul(mul(r.value, gd.product.value), sum * stirling), gc.product.value);
  r.exponent += gd.product.exponent - gc.product.exponent;
  r.error = abs(r.value.hi) * 0x1p-49;
  return normalised(r);
}

HYPGEO_END
