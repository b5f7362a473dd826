/// Which values a distribution's arguments and samples may have.
#pragma once

#include <cstdint>
#include <functional>

#include "autograd/tensor/tensor.h"

namespace xgrad::distributions {

/// A set of values, with words for messages.
/// https://pytorch.org/docs/1.13/distributions.html#module-torch.distributions.constraints
struct Constraint {
  const char* description;                     ///< "positive": completes "scale must be ..."
  std::int64_t event_dim;                      ///< how many trailing dimensions make one value
  std::function<Tensor(const Tensor&)> check;  ///< which values lie in the set: bool, without the trailing dimensions
};

/// The usual sets. NaN lies in none.
namespace constraints {

Constraint real();                             ///< numbers
Constraint positive();                         ///< x > 0
Constraint nonnegative();                      ///< x >= 0
Constraint unit_interval();                    ///< 0 <= x <= 1
Constraint interval(Tensor low, Tensor high);  ///< low <= x <= high
Constraint boolean();                          ///< 0 or 1
Constraint nonnegative_integer();              ///< 0, 1, 2 ...
Constraint integer_interval(Tensor high);      ///< 0, 1 ... high
Constraint real_vector();                      ///< vectors of numbers
Constraint simplex();                          ///< vectors of probabilities that add up to 1
Constraint one_hot();                          ///< vectors with a 1 and zeros
Constraint counts(std::int64_t total);         ///< vectors of whole numbers that add up to `total`
Constraint lower_cholesky();                   ///< lower triangular matrices with a positive diagonal
/// The set whose values are `dims` more dimensions of those of another.
Constraint independent(const Constraint& base, std::int64_t dims);

}  // namespace constraints

}  // namespace xgrad::distributions
