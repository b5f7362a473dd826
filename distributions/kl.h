/// The Kullback-Leibler divergence.
#pragma once

#include <functional>
#include <typeindex>

#include "autograd/tensor/tensor.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// The divergence of two distributions of given classes, in nats, of the batch shape of both.
using Divergence = std::function<Tensor(const Distribution& p, const Distribution& q)>;

/// E_p[log p(x) - log q(x)], for the pairs of these classes that have a formula. Infinite where p has values that q cannot
/// have. Throws Error for other pairs. https://pytorch.org/docs/1.13/distributions.html#module-torch.distributions.kl
Tensor kl_divergence(const Distribution& p, const Distribution& q);

namespace detail {
void register_divergence(std::type_index p, std::type_index q, Divergence divergence);
}  // namespace detail

/// Gives the divergence for a pair of classes, in place of the one that there may be.
template <std::derived_from<Distribution> P, std::derived_from<Distribution> Q>
void register_kl(std::function<Tensor(const P&, const Q&)> divergence) {
  detail::register_divergence(typeid(P), typeid(Q),
                              [divergence = std::move(divergence)](const Distribution& p, const Distribution& q) {
                                return divergence(static_cast<const P&>(p), static_cast<const Q&>(q));
                              });
}

}  // namespace xgrad::distributions
