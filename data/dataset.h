/// Datasets: numbered examples.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/ops/random.h"
#include "autograd/tensor/tensor.h"
#include "data/libtorch/example.h"

namespace xgrad::data {

namespace detail {

template <class T, class = void>
struct IsComplete : std::false_type {};
template <class T>
struct IsComplete<T, std::void_t<decltype(sizeof(T))>> : std::true_type {};

/// A class that derives from Dataset of itself is not complete there.
template <class T>
using SingleExampleOf = std::conditional_t<IsComplete<T>::value, void, Example<>>;

}  // namespace detail

/// Two classes: `Dataset<Example>` below, and with the deriving class as the argument, as in libtorch, datasets::Dataset:
/// `class Mine : public Dataset<Mine>`. The second is taken where the argument is not complete, so a type of examples has to
/// be defined, and not only declared, before `Dataset<Example>` is named.
template <class Example, class SingleExample = detail::SingleExampleOf<Example>>
class Dataset;

/// Examples by index, from 0 to size() - 1. A DataLoader with workers calls `get` from several threads at once.
/// https://pytorch.org/cppdocs/api/classtorch_1_1data_1_1datasets_1_1_dataset.html
template <class Example>
class Dataset<Example, void> {
 public:
  using ExampleType = Example;

  virtual ~Dataset() = default;
  /// Throws IndexError where `index` is out of range.
  virtual Example get(std::size_t index) const = 0;
  virtual std::size_t size() const = 0;

 protected:
  Dataset() = default;
  Dataset(const Dataset&) = default;
  Dataset& operator=(const Dataset&) = default;
};

/// A dataset of examples of one type: a class derived from Dataset.
template <class T>
concept DatasetType = std::derived_from<T, Dataset<typename T::ExampleType>>;

/// Examples that come one after the other, and cannot be asked for by number: out of a stream, or made on the way.
/// https://pytorch.org/docs/1.13/data.html#torch.utils.data.IterableDataset
template <class Example>
class IterableDataset {
 public:
  using ExampleType = Example;
  /// Gives the next example, and nothing after the last one.
  using Stream = std::function<std::optional<Example>()>;

  virtual ~IterableDataset() = default;
  /// Begins an epoch. A DataLoader calls the stream from one thread at a time, not always the same one.
  virtual Stream stream(std::uint64_t epoch) const = 0;

 protected:
  IterableDataset() = default;
  IterableDataset(const IterableDataset&) = default;
  IterableDataset& operator=(const IterableDataset&) = default;
};

/// A class derived from IterableDataset.
template <class T>
concept IterableDatasetType = std::derived_from<T, IterableDataset<typename T::ExampleType>>;

namespace detail {

/// Throws IndexError unless index < size.
void check_index(const char* dataset, std::size_t index, std::size_t size);

template <class T>
struct DatasetTraits {};
template <DatasetType D>
struct DatasetTraits<D> {
  using Example = typename D::ExampleType;
};
template <DatasetType D>
struct DatasetTraits<std::shared_ptr<D>> : DatasetTraits<std::remove_const_t<D>> {};
template <DatasetType D>
struct DatasetTraits<std::unique_ptr<D>> : DatasetTraits<std::remove_const_t<D>> {};
template <class E>
struct DatasetTraits<std::vector<E>> {
  using Example = E;
};

}  // namespace detail

/// The type of the examples of what `shared_dataset` takes.
template <class T>
using ExampleOf = typename detail::DatasetTraits<std::remove_cvref_t<T>>::Example;

/// What can be given as a dataset: a dataset, a shared or unique pointer to one, or a vector of examples.
template <class T>
concept AnyDataset = requires {
  typename ExampleOf<T>;
};
template <class T, class Example>
concept AnyDatasetOf = AnyDataset<T> && std::same_as<ExampleOf<T>, Example>;

/// The rows of tensors with one first dimension: example i is {tensors[0][i], tensors[1][i], ...}, views without a copy.
/// https://pytorch.org/docs/1.13/data.html#torch.utils.data.TensorDataset
class TensorDataset : public Dataset<TensorList> {
 public:
  /// Throws ValueError for no tensors, ShapeError where the first dimensions differ or are missing.
  explicit TensorDataset(TensorList tensors);
  /// As above, of tensors one by one.
  template <std::same_as<Tensor>... Tensors>
  explicit TensorDataset(const Tensor& first, const Tensors&... others) : TensorDataset(TensorList{first, others...}) {}
  /// As above, in braces.
  explicit TensorDataset(std::initializer_list<Tensor> tensors) : TensorDataset(TensorList(tensors)) {}

  TensorList get(std::size_t index) const override;
  std::size_t size() const override { return size_; }
  const TensorList& tensors() const { return tensors_; }

 private:
  TensorList tensors_;
  std::size_t size_;
};

/// Examples from a vector. Copies of the dataset share them.
template <class Example>
class VectorDataset : public Dataset<Example> {
 public:
  explicit VectorDataset(std::vector<Example> examples)
      : examples_(std::make_shared<const std::vector<Example>>(std::move(examples))) {}

  Example get(std::size_t index) const override {
    detail::check_index("VectorDataset", index, examples_->size());
    return (*examples_)[index];
  }
  std::size_t size() const override { return examples_->size(); }

 private:
  std::shared_ptr<const std::vector<Example>> examples_;
};

/// A shared handle to a dataset that is given by value, by pointer, or as a vector of examples.
template <AnyDataset T>
std::shared_ptr<const Dataset<ExampleOf<T>>> shared_dataset(T&& dataset) {
  using Given = std::remove_cvref_t<T>;
  if constexpr (DatasetType<Given>) {
    static_assert(!std::is_abstract_v<Given>, "an abstract dataset cannot be copied: pass a std::shared_ptr to it");
    return std::make_shared<const Given>(std::forward<T>(dataset));
  } else if constexpr (std::is_convertible_v<Given, std::shared_ptr<const Dataset<ExampleOf<T>>>>) {
    static_assert(std::is_convertible_v<T, std::shared_ptr<const Dataset<ExampleOf<T>>>>, "std::move a unique pointer");
    if (dataset == nullptr) throw ValueError("dataset: the pointer is null");
    return std::forward<T>(dataset);
  } else {
    return std::make_shared<const VectorDataset<ExampleOf<T>>>(std::forward<T>(dataset));
  }
}

/// Some examples of another dataset, in the order of `indices`.
template <class Example>
class Subset : public Dataset<Example> {
 public:
  /// Throws IndexError where an index is out of range.
  template <AnyDatasetOf<Example> D>
  Subset(D&& dataset, std::vector<std::size_t> indices)
      : dataset_(shared_dataset(std::forward<D>(dataset))), indices_(std::move(indices)) {
    for (const std::size_t index : indices_) detail::check_index("Subset", index, dataset_->size());
  }

  Example get(std::size_t index) const override {
    detail::check_index("Subset", index, indices_.size());
    return dataset_->get(indices_[index]);
  }
  std::size_t size() const override { return indices_.size(); }
  const std::vector<std::size_t>& indices() const { return indices_; }

 private:
  std::shared_ptr<const Dataset<Example>> dataset_;
  std::vector<std::size_t> indices_;
};

/// Of the examples of its dataset.
template <AnyDataset D>
Subset(D&&, std::vector<std::size_t>) -> Subset<ExampleOf<D>>;

/// Several datasets of one example type, one after the other, with the sizes that they have now.
/// https://pytorch.org/docs/1.13/data.html#torch.utils.data.ConcatDataset
template <class Example>
class ConcatDataset : public Dataset<Example> {
 public:
  /// Two or more datasets. Throws ValueError for a null pointer.
  template <AnyDatasetOf<Example> First, AnyDatasetOf<Example> Second, AnyDatasetOf<Example>... Others>
  ConcatDataset(First&& first, Second&& second, Others&&... others)
      : ConcatDataset(std::vector<std::shared_ptr<const Dataset<Example>>>{
            shared_dataset(std::forward<First>(first)), shared_dataset(std::forward<Second>(second)),
            shared_dataset(std::forward<Others>(others))...}) {}
  /// A list of datasets, one at least. Throws ValueError for an empty list and a null pointer.
  template <std::derived_from<Dataset<Example>> D>
  explicit ConcatDataset(const std::vector<std::shared_ptr<D>>& datasets) : datasets_(datasets.begin(), datasets.end()) {
    if (datasets_.empty()) throw ValueError("ConcatDataset: expected at least one dataset");
    ends_.reserve(datasets_.size());
    for (const auto& dataset : datasets_) {
      if (dataset == nullptr) throw ValueError("dataset: the pointer is null");
      ends_.push_back(size() + dataset->size());
    }
  }

  Example get(std::size_t index) const override {
    detail::check_index("ConcatDataset", index, size());
    const auto end = std::upper_bound(ends_.begin(), ends_.end(), index);
    const std::size_t begin = end == ends_.begin() ? 0 : *std::prev(end);
    return datasets_[static_cast<std::size_t>(end - ends_.begin())]->get(index - begin);
  }
  std::size_t size() const override { return ends_.empty() ? 0 : ends_.back(); }

 private:
  std::vector<std::shared_ptr<const Dataset<Example>>> datasets_;
  std::vector<std::size_t> ends_;  ///< of the datasets, in the order
};

/// Of the examples of its datasets.
template <AnyDataset First, AnyDataset Second, AnyDataset... Others>
ConcatDataset(First&&, Second&&, Others&&...) -> ConcatDataset<ExampleOf<First>>;
template <DatasetType D>
ConcatDataset(const std::vector<std::shared_ptr<D>>&) -> ConcatDataset<ExampleOf<D>>;

namespace detail {
/// A random order of 0 ... size - 1, cut into parts. Throws ValueError unless the lengths add up to `size`.
std::vector<std::vector<std::size_t>> random_parts(std::size_t size, std::span<const std::size_t> lengths,
                                                   const Generator& generator);
/// The lengths of parts of `size` examples. Throws ValueError for fractions outside [0, 1] that do not add up to 1.
void lengths_of_fractions(std::size_t size, std::span<const double> fractions, std::span<std::size_t> lengths);
}  // namespace detail

/// Cuts a dataset into parts that share no example: `auto [train, valid] = random_split(dataset, {800, 200});`. The order
/// is that of `randperm`. Throws ValueError unless the lengths add up to the size of the dataset.
/// https://pytorch.org/docs/1.13/data.html#torch.utils.data.random_split
template <AnyDataset D, std::size_t N>
std::array<Subset<ExampleOf<D>>, N> random_split(D&& dataset, const std::size_t (&lengths)[N],
                                                 const Generator& generator = default_generator()) {
  const auto held = shared_dataset(std::forward<D>(dataset));
  auto parts = detail::random_parts(held->size(), lengths, generator);
  const auto subsets = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<Subset<ExampleOf<D>>, N>{Subset<ExampleOf<D>>(held, std::move(parts[I]))...};
  };
  return subsets(std::make_index_sequence<N>());
}
/// As above, with any number of parts.
template <AnyDataset D>
std::vector<Subset<ExampleOf<D>>> random_split(D&& dataset, const std::vector<std::size_t>& lengths,
                                               const Generator& generator = default_generator()) {
  const auto held = shared_dataset(std::forward<D>(dataset));
  std::vector<Subset<ExampleOf<D>>> subsets;
  subsets.reserve(lengths.size());
  for (auto& part : detail::random_parts(held->size(), lengths, generator)) subsets.emplace_back(held, std::move(part));
  return subsets;
}
/// As above, in fractions that add up to 1: `random_split(dataset, {0.8, 0.2})`. What rounding down leaves goes to the first
/// parts, one example each. Throws ValueError for fractions outside [0, 1] and another sum.
template <AnyDataset D, std::floating_point Fraction, std::size_t N>
std::array<Subset<ExampleOf<D>>, N> random_split(D&& dataset, const Fraction (&fractions)[N],
                                                 const Generator& generator = default_generator()) {
  const auto held = shared_dataset(std::forward<D>(dataset));
  std::size_t lengths[N];
  detail::lengths_of_fractions(held->size(), std::vector<double>(std::begin(fractions), std::end(fractions)), lengths);
  return random_split(held, lengths, generator);
}

}  // namespace xgrad::data
