#include "nn/modules/key_value_cache.h"

#include <algorithm>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::nn {

namespace {

/// A tensor of x's shape with room for `time` steps.
Tensor with_room(const Tensor& x, std::int64_t time) {
  DimVector sizes = to_dims(x.sizes());
  sizes[2] = time;
  return empty(sizes, x.dtype());
}

}  // namespace

void KeyValueCache::append(const Tensor& keys, const Tensor& values) {
  const NoGradGuard no_grad;
  check<ShapeError>(keys.dim() == 4 && values.dim() == 4 && keys.sizes().slice(0, 3) == values.sizes().slice(0, 3),
                    "KeyValueCache: expected keys and values (batch, heads, time, size), got {} and {}", keys.sizes(),
                    values.sizes());
  const std::int64_t added = keys.size(2);
  for (auto [kept, given] : {std::pair(&keys_, &keys), std::pair(&values_, &values)}) {
    if (kept->defined()) {
      DimVector sizes = to_dims(given->sizes());
      sizes[2] = kept->size(2);
      check<ShapeError>(kept->sizes() == IntArrayRef(sizes), "KeyValueCache: steps {} do not fit those before, {}",
                        given->sizes(), kept->sizes());
      check<TypeError>(kept->dtype() == given->dtype(), "KeyValueCache: steps of {} do not fit those before, of {}",
                       given->dtype(), kept->dtype());
    }
  }
  const bool has_room = keys_.defined() && keys_.size(2) >= length_ + added;
  // A copy of this cache has the same room: what one of them writes is not the other's.
  const bool shares_room = keys_.use_count() > 1 || values_.use_count() > 1;
  if (!has_room || shares_room) {
    const std::int64_t room = has_room ? keys_.size(2) : std::max(length_ + added, 2 * length_);
    const Tensor more_keys = with_room(keys, room);
    const Tensor more_values = with_room(values, room);
    if (length_ > 0) {
      narrow(more_keys, 2, 0, length_).copy_(this->keys());
      narrow(more_values, 2, 0, length_).copy_(this->values());
    }
    keys_ = more_keys;
    values_ = more_values;
  }
  narrow(keys_, 2, length_, added).copy_(keys);
  narrow(values_, 2, length_, added).copy_(values);
  length_ += added;
}

Tensor KeyValueCache::keys() const { return keys_.defined() ? narrow(keys_, 2, 0, length_) : Tensor(); }
Tensor KeyValueCache::values() const { return values_.defined() ? narrow(values_, 2, 0, length_) : Tensor(); }

void KeyValueCache::select(const Tensor& rows) {
  if (!keys_.defined()) return;
  const NoGradGuard no_grad;
  keys_ = index_select(keys_, 0, rows);
  values_ = index_select(values_, 0, rows);
}

void KeyValueCache::truncate(std::int64_t length) {
  check<ValueError>(length >= 0 && length <= length_, "KeyValueCache: there are {} steps, and not {}", length_, length);
  length_ = length;
  if (length_ == 0) clear();
}

void KeyValueCache::clear() { *this = KeyValueCache(); }

}  // namespace xgrad::nn
