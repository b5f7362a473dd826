/// What containers of modules and parameters share: loops over the values of an OrderedDict, and the elements of any other.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <type_traits>
#include <vector>

#include "nn/ordered_dict.h"

namespace xgrad::nn::detail {

/// Goes through the values in order of insertion.
template <class Value>
class ValueIterator {
 public:
  using Place = decltype(std::declval<const OrderedDict<std::string, Value>&>().begin());
  using iterator_category = std::input_iterator_tag;
  using value_type = Value;
  using difference_type = std::ptrdiff_t;
  using pointer = const Value*;
  using reference = const Value&;

  ValueIterator(Place place) : place_(place) {}  // NOLINT(google-explicit-constructor)
  const Value& operator*() const { return place_->value(); }
  const Value* operator->() const { return &place_->value(); }
  ValueIterator& operator++() {
    ++place_;
    return *this;
  }
  bool operator==(const ValueIterator& other) const { return place_ == other.place_; }
  bool operator!=(const ValueIterator& other) const { return place_ != other.place_; }

 private:
  Place place_;
};

/// What a container holds, apart from it: a container may be extended by itself.
template <class Container>
auto elements_of(const Container& container) {
  return std::vector<std::decay_t<decltype(*container.begin())>>(container.begin(), container.end());
}

}  // namespace xgrad::nn::detail
