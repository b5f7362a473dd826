/// Loops over the values of an OrderedDict.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>

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

}  // namespace xgrad::nn::detail
