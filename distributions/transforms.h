/// Transforms of random variables, with the logarithm of how much they stretch.
/// https://pytorch.org/docs/1.13/distributions.html#module-torch.distributions.transforms
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/parameter.h"

namespace xgrad::distributions {

class Transform;
/// A transform of any kind, shared.
using TransformPtr = std::shared_ptr<const Transform>;

/// y = f(x), with gradients. What a transform has no formula for throws Error.
class Transform {
 public:
  virtual ~Transform() = default;
  virtual const char* name() const = 0;               ///< of its class
  virtual Tensor forward(const Tensor& x) const = 0;  ///< f(x)
  virtual Tensor inverse(const Tensor& y) const = 0;  ///< the x of f(x) = y; one of them where there are several
  Tensor operator()(const Tensor& x) const { return forward(x); }  ///< forward(x)
  /// log |dy / dx| for y = f(x), summed over the dimensions of one value.
  virtual Tensor log_abs_det_jacobian(const Tensor& x, const Tensor& y) const;
  virtual std::int64_t domain_event_dim() const { return 0; }    ///< how many dimensions one x has
  virtual std::int64_t codomain_event_dim() const { return 0; }  ///< how many dimensions one y has
  virtual bool bijective() const { return true; }                ///< whether each y has one x
  /// 1 where f grows, -1 where it falls; a tensor where that depends on its arguments. Throws Error for what does neither.
  virtual Tensor sign() const;
  virtual DimVector forward_shape(IntArrayRef shape) const { return to_dims(shape); }  ///< of f(x) for the shape of x
  virtual DimVector inverse_shape(IntArrayRef shape) const { return to_dims(shape); }  ///< of x for the shape of f(x)
  virtual Constraint domain() const;        ///< where x lies: anywhere, unless a class says so
  virtual Constraint codomain() const = 0;  ///< where y lies
  /// Whether it is the same function: the same object, unless a class knows others.
  virtual bool equals(const Transform& other) const { return this == &other; }

 protected:
  Transform() = default;
  Transform(const Transform&) = default;
  Transform& operator=(const Transform&) = default;
  /// Throws Error: there is no `what`.
  [[noreturn]] void refuse(const char* what) const;
};

/// A transform without arguments: all of one class are the same function.
class FixedTransform : public Transform {
 public:
  bool equals(const Transform& other) const final;
};

/// y = e^x
class ExpTransform final : public FixedTransform {
 public:
  const char* name() const override { return "ExpTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override;
  Tensor log_abs_det_jacobian(const Tensor& x, const Tensor& y) const override;
  Tensor sign() const override;
  Constraint codomain() const override { return constraints::positive(); }
};

/// y = loc + scale x
class AffineTransform final : public Transform {
 public:
  /// `event_dim` dimensions make one value. Throws ValueError for a scale of 0, an undefined tensor and a negative
  /// event_dim, TypeError for integer tensors.
  AffineTransform(const Parameter& loc, const Parameter& scale, std::int64_t event_dim = 0);
  const Tensor& loc() const { return loc_; }      ///< what is added
  const Tensor& scale() const { return scale_; }  ///< the factor
  const char* name() const override { return "AffineTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override;
  Tensor log_abs_det_jacobian(const Tensor& x, const Tensor& y) const override;
  std::int64_t domain_event_dim() const override { return event_dim_; }
  std::int64_t codomain_event_dim() const override { return event_dim_; }
  Tensor sign() const override;
  DimVector forward_shape(IntArrayRef shape) const override;
  DimVector inverse_shape(IntArrayRef shape) const override { return forward_shape(shape); }
  Constraint codomain() const override;
  bool equals(const Transform& other) const override;

 private:
  Tensor loc_;
  Tensor scale_;
  std::int64_t event_dim_;
};

/// y = 1 / (1 + e^-x)
class SigmoidTransform final : public FixedTransform {
 public:
  const char* name() const override { return "SigmoidTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override;
  Tensor log_abs_det_jacobian(const Tensor& x, const Tensor& y) const override;
  Tensor sign() const override;
  Constraint codomain() const override { return constraints::unit_interval(); }
};

/// y = tanh(x)
class TanhTransform final : public FixedTransform {
 public:
  const char* name() const override { return "TanhTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override;
  Tensor log_abs_det_jacobian(const Tensor& x, const Tensor& y) const override;
  Tensor sign() const override;
  Constraint codomain() const override;
};

/// y = log(1 + e^x)
class SoftplusTransform final : public FixedTransform {
 public:
  const char* name() const override { return "SoftplusTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override;
  Tensor log_abs_det_jacobian(const Tensor& x, const Tensor& y) const override;
  Tensor sign() const override;
  Constraint codomain() const override { return constraints::positive(); }
};

/// y = x^exponent for positive x
class PowerTransform final : public Transform {
 public:
  /// The exponent broadcasts with x. Throws ValueError for an exponent of 0 and an undefined tensor, TypeError for integers.
  explicit PowerTransform(const Parameter& exponent);
  const Tensor& exponent() const { return exponent_; }  ///< of the power
  const char* name() const override { return "PowerTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override;
  Tensor log_abs_det_jacobian(const Tensor& x, const Tensor& y) const override;
  Tensor sign() const override;
  DimVector forward_shape(IntArrayRef shape) const override;
  DimVector inverse_shape(IntArrayRef shape) const override { return forward_shape(shape); }
  Constraint domain() const override { return constraints::positive(); }
  Constraint codomain() const override { return constraints::positive(); }
  bool equals(const Transform& other) const override;

 private:
  Tensor exponent_;
};

/// y = |x|, whose inverse gives what is not negative.
class AbsTransform final : public FixedTransform {
 public:
  const char* name() const override { return "AbsTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override { return y; }
  bool bijective() const override { return false; }
  Constraint codomain() const override { return constraints::nonnegative(); }
};

/// y = softmax(x) over the last dimension, which is not one to one; the inverse is log(y).
class SoftmaxTransform final : public FixedTransform {
 public:
  const char* name() const override { return "SoftmaxTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override;
  std::int64_t domain_event_dim() const override { return 1; }
  std::int64_t codomain_event_dim() const override { return 1; }
  bool bijective() const override { return false; }
  Constraint codomain() const override { return constraints::simplex(); }
};

/// From vectors of n numbers to n + 1 probabilities that add up to 1: each takes sigmoid(x_k - log(n - k)) of what those
/// before it have left.
/// https://pytorch.org/docs/1.13/distributions.html#torch.distributions.transforms.StickBreakingTransform
class StickBreakingTransform final : public FixedTransform {
 public:
  const char* name() const override { return "StickBreakingTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override;
  Tensor log_abs_det_jacobian(const Tensor& x, const Tensor& y) const override;
  std::int64_t domain_event_dim() const override { return 1; }
  std::int64_t codomain_event_dim() const override { return 1; }
  DimVector forward_shape(IntArrayRef shape) const override;
  DimVector inverse_shape(IntArrayRef shape) const override;
  Constraint codomain() const override { return constraints::simplex(); }
};

/// From matrices to lower triangular ones with a positive diagonal: what is above the diagonal is dropped, and the diagonal
/// becomes its exponential.
class LowerCholeskyTransform final : public FixedTransform {
 public:
  const char* name() const override { return "LowerCholeskyTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override;
  std::int64_t domain_event_dim() const override { return 2; }
  std::int64_t codomain_event_dim() const override { return 2; }
  bool bijective() const override { return false; }
  Constraint codomain() const override { return constraints::lower_cholesky(); }
};

/// Several transforms, the first one first.
class ComposeTransform final : public Transform {
 public:
  /// Throws ValueError for a null one.
  explicit ComposeTransform(std::vector<TransformPtr> parts);
  const std::vector<TransformPtr>& parts() const { return parts_; }  ///< in order
  const char* name() const override { return "ComposeTransform"; }
  Tensor forward(const Tensor& x) const override;
  Tensor inverse(const Tensor& y) const override;
  Tensor log_abs_det_jacobian(const Tensor& x, const Tensor& y) const override;
  std::int64_t domain_event_dim() const override;
  std::int64_t codomain_event_dim() const override;
  bool bijective() const override;
  Tensor sign() const override;
  DimVector forward_shape(IntArrayRef shape) const override;
  DimVector inverse_shape(IntArrayRef shape) const override;
  Constraint domain() const override;
  Constraint codomain() const override;
  bool equals(const Transform& other) const override;

 private:
  std::vector<TransformPtr> parts_;
};

/// Another transform the other way round.
class InverseTransform final : public Transform {
 public:
  /// `codomain` is where the x of the other one lie: its domain unless given.
  explicit InverseTransform(TransformPtr transform, std::optional<Constraint> codomain = std::nullopt);
  const TransformPtr& transform() const { return transform_; }  ///< the one that it undoes
  const char* name() const override { return "InverseTransform"; }
  Tensor forward(const Tensor& x) const override { return transform_->inverse(x); }
  Tensor inverse(const Tensor& y) const override { return transform_->forward(y); }
  Tensor log_abs_det_jacobian(const Tensor& x, const Tensor& y) const override;
  std::int64_t domain_event_dim() const override { return transform_->codomain_event_dim(); }
  std::int64_t codomain_event_dim() const override { return transform_->domain_event_dim(); }
  bool bijective() const override { return transform_->bijective(); }
  Tensor sign() const override { return transform_->sign(); }
  DimVector forward_shape(IntArrayRef shape) const override { return transform_->inverse_shape(shape); }
  DimVector inverse_shape(IntArrayRef shape) const override { return transform_->forward_shape(shape); }
  Constraint domain() const override { return transform_->codomain(); }
  Constraint codomain() const override { return codomain_; }
  bool equals(const Transform& other) const override;

 private:
  TransformPtr transform_;
  Constraint codomain_;
};

}  // namespace xgrad::distributions
