#include "autograd/tensor/tensor.h"

#include <algorithm>

#include "autograd/base/check.h"
#include "autograd/base/stride_order.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

TensorImpl::TensorImpl(intrusive_ptr<Storage> storage_, DimVector sizes_, DimVector strides_, std::int64_t offset_,
                       Dtype dtype_)
    : storage(std::move(storage_)),
      data(storage->data() + offset_ * static_cast<std::int64_t>(element_size(dtype_))),
      numel(number_of_elements(sizes_)),
      sizes(std::move(sizes_)),
      strides(std::move(strides_)),
      offset(offset_),
      dtype(dtype_),
      contiguous(xgrad::is_contiguous(sizes, strides)),
      inference(InferenceMode::is_enabled()) {}

TensorImpl::TensorImpl(intrusive_ptr<Storage> storage_, IntArrayRef sizes_, std::int64_t numel_, Dtype dtype_)
    : storage(std::move(storage_)),
      data(storage->data()),
      numel(numel_),
      offset(0),
      dtype(dtype_),
      contiguous(true),
      inference(InferenceMode::is_enabled()) {
  // What contiguous_strides() gives, without another list: this is the way of every result.
  sizes.resize_for_overwrite(sizes_.size());
  strides.resize_for_overwrite(sizes_.size());
  std::int64_t stride = 1;
  for (std::size_t i = sizes_.size(); i-- > 0;) {
    sizes[i] = sizes_[i];
    strides[i] = stride;
    stride *= std::max<std::int64_t>(sizes_[i], 1);
  }
}

TensorImpl::TensorImpl(const TensorImpl* other)
    : storage(other->storage),
      data(other->data),
      numel(other->numel),
      sizes(other->sizes),
      strides(other->strides),
      offset(other->offset),
      dtype(other->dtype),
      contiguous(other->contiguous),
      inference(other->inference) {}

void TensorBase::throw_undefined() { throw ValueError("an undefined tensor was used: expected one that holds data"); }

void TensorBase::throw_type(Dtype expected, const char* method) const {
  throw TypeError(fmt::format("{}: the tensor has dtype {}, not {}", method, dtype(), expected));
}

void TensorBase::require_dim(std::size_t expected, const char* method) const {
  check<ShapeError>(impl()->sizes.size() == expected, "{}: expected {} dimensions, the tensor has shape {}", method,
                    expected, sizes());
}

std::int64_t TensorBase::size(OnlyInt dim) const {
  check<IndexError>(this->dim() > 0, "size: a 0-d tensor has no dimension {}", dim);
  return impl_->sizes[static_cast<std::size_t>(wrap_dim("size", dim, this->dim()))];
}

std::int64_t TensorBase::stride(OnlyInt dim) const {
  check<IndexError>(this->dim() > 0, "stride: a 0-d tensor has no dimension {}", dim);
  return impl_->strides[static_cast<std::size_t>(wrap_dim("stride", dim, this->dim()))];
}

bool TensorBase::is_non_overlapping_and_dense() const {
  DimVector order;
  for (std::int64_t i = 0; i < dim(); ++i) {
    if (sizes()[i] != 1) order.push_back(i);
  }
  sort_by_stride(order, strides());
  std::int64_t expected = 1;
  for (const std::int64_t i : order) {
    if (numel() > 0 && strides()[i] != expected) return false;
    expected *= sizes()[i];
  }
  return true;
}

bool TensorBase::is_set_to(const TensorBase& other) const {
  return is_alias_of(other) && storage_offset() == other.storage_offset() && sizes() == other.sizes() &&
         strides() == other.strides();
}

Scalar TensorBase::item() const {
  check<ShapeError>(numel() == 1, "item: expected one element, the tensor has shape {}", sizes());
  return visit_any_dtype(dtype(), [&]<class T>() {
    const T element = *reinterpret_cast<const T*>(impl_->data);
    if constexpr (std::is_arithmetic_v<T>) return Scalar(element);
    else return Scalar(static_cast<float>(element));
  });
}

Tensor Tensor::detach() const { return Tensor(intrusive_ptr<TensorImpl>(new TensorImpl(impl()))); }

}  // namespace xgrad
