/// OrderedDict: a map that keeps the order of insertion, as libtorch's torch::OrderedDict.
#pragma once

#include <initializer_list>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "autograd/base/error.h"

namespace xgrad {

/// Keys and values in order of insertion, found by key in constant time. Keys are strings, or what std::to_string takes.
/// https://pytorch.org/cppdocs/api/program_listing_file_torch_csrc_api_include_torch_ordered_dict.h.html
template <class Key, class Value>
class OrderedDict {
 public:
  class Item {
   public:
    Item(Key key, Value value) : pair_(std::move(key), std::move(value)) {}
    const Key& key() const { return pair_.first; }
    Value& value() { return pair_.second; }
    const Value& value() const { return pair_.second; }
    const std::pair<Key, Value>& pair() const { return pair_; }
    Value& operator*() { return value(); }
    const Value& operator*() const { return value(); }
    Value* operator->() { return &value(); }
    const Value* operator->() const { return &value(); }

   private:
    std::pair<Key, Value> pair_;
  };

  /// `description` names the keys in messages: "Parameter".
  explicit OrderedDict(std::string description = "Key") : description_(std::move(description)) {}
  /// Items in order. Throws ValueError for a key that comes twice.
  OrderedDict(std::initializer_list<Item> items) : OrderedDict() {
    for (const Item& item : items) insert(item.key(), item.value());
  }

  const std::string& key_description() const { return description_; }
  std::size_t size() const { return items_.size(); }
  bool is_empty() const { return items_.empty(); }
  bool contains(const Key& key) const { return index_.contains(key); }
  /// Puts an item at the end. Throws ValueError for a key that is there already.
  Value& insert(Key key, Value value) {
    if (contains(key)) throw ValueError(describe(key) + " already defined");
    index_.emplace(key, items_.size());
    items_.emplace_back(std::move(key), std::move(value));
    return items_.back().value();
  }
  /// Puts all items of another dictionary at the end. Throws ValueError, and changes nothing, for a key that is in both.
  void update(const OrderedDict& other) {
    for (const Item& item : other) {
      if (contains(item.key())) throw ValueError(describe(item.key()) + " already defined");
    }
    for (const Item& item : other) insert(item.key(), item.value());
  }
  /// Takes an item out. Throws IndexError for a key that is not there.
  void erase(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) throw IndexError(describe(key) + " is not defined");
    const std::size_t position = found->second;
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(position));
    index_.erase(found);
    for (auto& [other, at] : index_) {
      if (at > position) --at;
    }
  }
  void clear() {
    index_.clear();
    items_.clear();
  }
  void reserve(std::size_t capacity) {
    index_.reserve(capacity);
    items_.reserve(capacity);
  }

  /// The value of a key, or nullptr.
  Value* find(const Key& key) {
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &items_[found->second].value();
  }
  const Value* find(const Key& key) const { return const_cast<OrderedDict*>(this)->find(key); }
  /// Throws IndexError for a key that is not there.
  Value& operator[](const Key& key) {
    if (Value* value = find(key)) return *value;
    throw IndexError(describe(key) + " is not defined");
  }
  const Value& operator[](const Key& key) const { return const_cast<OrderedDict&>(*this)[key]; }
  /// The item at a position. Throws IndexError for one past the end.
  template <class Index, std::enable_if_t<std::is_integral_v<Index>, int> = 0>
  Item& operator[](Index position) {
    const auto at = static_cast<std::size_t>(position);
    if (at < items_.size()) return items_[at];
    throw IndexError(description_ + " number " + std::to_string(position) + " is out of range: there are " +
                     std::to_string(items_.size()));
  }
  template <class Index, std::enable_if_t<std::is_integral_v<Index>, int> = 0>
  const Item& operator[](Index position) const {
    return const_cast<OrderedDict&>(*this)[position];
  }
  /// The first item. Throws IndexError where there is none.
  Item& front() { return (*this)[0]; }
  const Item& front() const { return (*this)[0]; }
  /// The last item. Throws IndexError where there is none.
  Item& back() { return (*this)[items_.size() - 1]; }
  const Item& back() const { return (*this)[items_.size() - 1]; }

  std::vector<Key> keys() const {
    std::vector<Key> result;
    for (const Item& item : items_) result.push_back(item.key());
    return result;
  }
  std::vector<Value> values() const {
    std::vector<Value> result;
    for (const Item& item : items_) result.push_back(item.value());
    return result;
  }
  std::vector<std::pair<Key, Value>> pairs() const {
    std::vector<std::pair<Key, Value>> result;
    for (const Item& item : items_) result.push_back(item.pair());
    return result;
  }
  const std::vector<Item>& items() const { return items_; }

  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::string describe(const Key& key) const {
    if constexpr (std::is_convertible_v<Key, std::string>) {
      return description_ + " '" + key + "'";
    } else {
      return description_ + " '" + std::to_string(key) + "'";
    }
  }

  std::string description_;
  std::vector<Item> items_;
  std::unordered_map<Key, std::size_t> index_;
};

}  // namespace xgrad
