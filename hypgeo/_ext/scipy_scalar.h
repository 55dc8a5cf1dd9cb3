// SciPy's scalar 2F1 for parameters that do not terminate.
#pragma once

namespace hypgeo {

// Passed and returned by C functions as C's double _Complex is.
struct ComplexNumber {
  double real, imag;
};

// A C function of Cython; some versions pass a flag that nobody reads.
template <class Number>
class Exported {
 public:
  // `rest` is what follows the arguments in the signature; nothing happens if it is unknown.
  void take(void* address, const char* rest);
  bool is_found() const { return plain_ != nullptr || with_flag_ != nullptr; }

  Number operator()(double a, double b, double c, Number z) const {
    return with_flag_ != nullptr ? with_flag_(a, b, c, z, 0) : plain_(a, b, c, z);
  }

 private:
  using Plain = Number (*)(double, double, double, Number);
  using WithFlag = Number (*)(double, double, double, Number, int);

  Plain plain_ = nullptr;
  WithFlag with_flag_ = nullptr;
};

class ScipyScalar {
 public:
  // nullptr when SciPy cannot be used; the Python exception is set then. Takes the GIL.
  static const ScipyScalar* get();

  double operator()(double a, double b, double c, double z) const { return real_(a, b, c, z); }
  ComplexNumber operator()(double a, double b, double c, ComplexNumber z) const {
    return complex_(a, b, c, z);
  }

 private:
  bool find();

  Exported<double> real_;
  Exported<ComplexNumber> complex_;
};

}  // namespace hypgeo
