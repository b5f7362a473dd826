/// Loops over the values of an OrderedDict.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>

#include "nn/ordered_dict.h"

namespace xgrad::nn::detail {

/// Goes through the values in order of insertion.
template <class io::Value>
class ValueIterator {
 public:
  using Place = decltype(std::declval<const OrderedDict<std::string, io::Value>&>().begin());
  using iterator_category = std::input_iterator_tag;
  using value_type = io::Value;
  using difference_type = std::ptrdiff_t;
  using pointer = const io::Value*;
  using reference = const io::Value&;

  ValueIterator(Place place) : place_(place) {}  // NOLINT(google-explicit-constructor)
  const io::Value& operator*() const { return place_->value(); }
  const io::Value* operator->() const { return &place_->value(); }
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
