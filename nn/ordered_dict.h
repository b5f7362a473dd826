/// OrderedDict: a map that keeps the order of insertion, as libtorch's torch::OrderedDict.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "autograd/tensor/error.h"

namespace xgrad {

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

   private:
    std::pair<Key, Value> pair_;
  };

  /// `description` names the keys in messages: "parameter".
  explicit OrderedDict(std::string description = "key") : description_(std::move(description)) {}

  std::size_t size() const { return items_.size(); }
  bool is_empty() const { return items_.empty(); }
  bool contains(const Key& key) const { return index_.contains(key); }
  /// Throws ValueError for a key that is there already.
  Value& insert(Key key, Value value) {
    if (contains(key)) throw ValueError(description_ + " '" + key + "' is defined already");
    index_.emplace(key, items_.size());
    items_.emplace_back(std::move(key), std::move(value));
    return items_.back().value();
  }
  Value* find(const Key& key) {
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &items_[found->second].value();
  }
  const Value* find(const Key& key) const { return const_cast<OrderedDict*>(this)->find(key); }
  /// Throws IndexError for a key that is not there.
  Value& operator[](const Key& key) {
    if (Value* value = find(key)) return *value;
    throw IndexError("there is no " + description_ + " '" + key + "'");
  }
  const Value& operator[](const Key& key) const { return const_cast<OrderedDict&>(*this)[key]; }

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

  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::string description_;
  std::vector<Item> items_;
  std::unordered_map<Key, std::size_t> index_;
};

}  // namespace xgrad
