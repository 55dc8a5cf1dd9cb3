// SciPy's scalar 2F1 for parameters that do not terminate.
#pragma once

namespace hypgeo {

class ScipyScalar {
 public:
  // nullptr when SciPy cannot be used; the Python exception is set then. Takes the GIL.
  static const ScipyScalar* get();

  double operator()(double a, double b, double c, double z) const {
    return with_flag_ != nullptr ? with_flag_(a, b, c, z, 0) : plain_(a, b, c, z);
  }

 private:
  using Plain = double (*)(double, double, double, double);
  using WithFlag = double (*)(double, double, double, double, int);

  bool find();

  Plain plain_ = nullptr;
  WithFlag with_flag_ = nullptr;
};

}  // namespace hypgeo
