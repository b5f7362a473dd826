/// One row for each operation, written once for xgrad and libtorch, whose C++ interfaces agree. To be included where the
/// namespace `api` is an alias of one of them. A step is the operation and, where it has one, its gradient.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace benchmarks {

using Step = std::function<void()>;

/// An operation over inputs of about `elements` elements; `make` gives a step for them, or none where a size makes no sense.
struct Case {
  std::string name;
  std::function<Step(std::int64_t elements)> make;
};

using api::Tensor;

/// About as many columns as rows.
inline std::vector<std::int64_t> matrix(std::int64_t elements) {
  std::int64_t columns = 1;
  while (columns * columns * 4 <= elements) columns *= 2;
  return {elements / columns, columns};
}

inline Tensor leaf(const std::vector<std::int64_t>& sizes) { return api::randn(sizes).requires_grad_(); }
inline Tensor positive_leaf(const std::vector<std::int64_t>& sizes) {
  return (api::rand(sizes) * 0.8 + 0.1).requires_grad_();
}

/// The function of the leaves, and its gradient by a tensor of ones.
inline Step differentiated(std::vector<Tensor> leaves, std::function<Tensor()> function) {
  const Tensor gradient = api::ones_like(function().detach());
  return [leaves = std::move(leaves), function = std::move(function), gradient] {
    for (const Tensor& leaf : leaves) leaf.mutable_grad() = Tensor();
    function().backward(gradient);
  };
}

/// The sum of several results.
inline Tensor summed(const std::vector<Tensor>& parts) {
  Tensor sum = parts.at(0).sum();
  for (std::size_t i = 1; i < parts.size(); ++i) sum = sum + parts[i].sum();
  return sum;
}

/// The value alone, with nothing recorded.
inline Step evaluated(std::function<Tensor()> function) {
  return [function = std::move(function)] {
    const api::NoGradGuard guard;
    function();
  };
}

using Unary = std::function<Tensor(const Tensor&)>;
using Binary = std::function<Tensor(const Tensor&, const Tensor&)>;

inline Case unary(const std::string& name, const Unary& function, bool positive = false) {
  return {name, [=](std::int64_t n) {
            const Tensor x = positive ? positive_leaf({n}) : leaf({n});
            return differentiated({x}, [=] { return function(x); });
          }};
}

inline Case over_matrix(const std::string& name, const Unary& function) {
  return {name, [=](std::int64_t n) {
            const Tensor x = leaf(matrix(n));
            return differentiated({x}, [=] { return function(x); });
          }};
}

/// Of what makes a view, negated: the gradient that arrives is nobody else's, as in the middle of a graph. (One that the
/// caller holds libtorch takes for the leaf's own gradient, memory and all, where xgrad copies it.)
inline Case view_of_matrix(const std::string& name, const Unary& function) {
  return over_matrix(name, [=](const Tensor& x) { return function(x).neg(); });
}

inline Case value_of_matrix(const std::string& name, const Unary& function) {
  return {name, [=](std::int64_t n) {
            const Tensor x = api::randn(matrix(n));
            return evaluated([=] { return function(x); });
          }};
}

inline Case value(const std::string& name, const Unary& function) {
  return {name, [=](std::int64_t n) {
            const Tensor x = api::randn({n});
            return evaluated([=] { return function(x); });
          }};
}

inline Case value_of_two(const std::string& name, const Binary& function) {
  return {name, [=](std::int64_t n) {
            const Tensor a = api::randn({n});
            const Tensor b = api::randn({n});
            return evaluated([=] { return function(a, b); });
          }};
}

/// Of integers from 1 to 20.
inline Case value_of_integers(const std::string& name, const Binary& function) {
  return {name, [=](std::int64_t n) {
            const Tensor a = api::randint(1, 20, {n}, api::kInt64);
            const Tensor b = api::randint(1, 20, {n}, api::kInt64);
            return evaluated([=] { return function(a, b); });
          }};
}

/// The same row, for no more than `most` elements: where results are larger than what they are made of.
inline Case at_most(std::int64_t most, Case row) {
  return {row.name, [most, make = row.make](std::int64_t n) { return n > most ? Step() : make(n); }};
}

inline Case binary(const std::string& name, const Binary& function, bool positive = false) {
  return {name, [=](std::int64_t n) {
            const Tensor a = positive ? positive_leaf({n}) : leaf({n});
            const Tensor b = positive ? positive_leaf({n}) : leaf({n});
            return differentiated({a, b}, [=] { return function(a, b); });
          }};
}

}  // namespace benchmarks
