#include "autograd/graph/gradient_rows.h"

#include <memory>
#include <utility>

#include "autograd/graph/autograd_meta.h"

namespace xgrad {

const std::vector<std::int64_t>* nonzero_rows(const Tensor& gradient) {
  const TensorImpl* impl = gradient.impl();
  if (!impl->meta || !impl->meta->rows || impl->meta->rows->version != impl->storage->version()) return nullptr;
  return &impl->meta->rows->numbers;
}

void set_nonzero_rows(const Tensor& gradient, std::vector<std::int64_t> rows) {
  auto& known = gradient.impl()->ensure_meta().rows;
  if (!known) known = std::make_unique<GradientRows>();
  *known = {std::move(rows), gradient.version()};
}

void forget_nonzero_rows(const Tensor& gradient) {
  if (gradient.impl()->meta) gradient.impl()->meta->rows.reset();
}

}  // namespace xgrad
