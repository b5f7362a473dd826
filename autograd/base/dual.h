/// Numbers with a derivative: what is computed with them has its derivative exactly.
#pragma once

namespace xgrad {

/// value + slope e, with e^2 = 0
struct Dual {
  double value = 0;
  double slope = 0;
};

inline Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.slope + b.slope}; }
inline Dual operator+(Dual a, double b) { return {a.value + b, a.slope}; }
inline Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.slope - b.slope}; }
inline Dual operator*(Dual a, Dual b) { return {a.value * b.value, a.slope * b.value + a.value * b.slope}; }
inline Dual operator*(Dual a, double b) { return {a.value * b, a.slope * b}; }
inline Dual operator/(Dual a, Dual b) {
  const double quotient = a.value / b.value;
  return {quotient, (a.slope - quotient * b.slope) / b.value};
}
inline Dual reciprocal(Dual a) { return {1 / a.value, -a.slope / (a.value * a.value)}; }

}  // namespace xgrad
