#include "autograd/ops/inplace.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/record.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// Whether two indices of the tensor name the same element, as in what expand() and unfold() make.
bool repeats_elements(const Tensor& x) {
  if (x.is_contiguous() || !detail::may_overlap(x.sizes(), x.strides())) return false;
  constexpr std::int64_t most_compared = 1 << 20;
  for (std::size_t i = 0; i < x.sizes().size(); ++i) {
    if (x.sizes()[i] > 1 && x.strides()[i] == 0) return true;
  }
  if (x.numel() > most_compared) return true;
  std::vector<std::int64_t> places{0};
  for (std::size_t i = 0; i < x.sizes().size(); ++i) {
    const std::size_t before = places.size();
    for (std::int64_t step = 1; step < x.sizes()[i]; ++step) {
      for (std::size_t j = 0; j < before; ++j) places.push_back(places[j] + step * x.strides()[i]);
    }
  }
  std::sort(places.data(), places.data() + places.size());
  return std::adjacent_find(places.begin(), places.end()) != places.end();
}

/// The last step of what is written in place and recorded. What was `computed` for it nobody else holds.
Tensor& store(const char* operation, const Tensor& target, const Tensor& value, bool computed) {
  check<ShapeError>(is_expandable_to(value.sizes(), target.sizes()), "{}: shape {} does not fit into {}", operation,
                    value.sizes(), target.sizes());
  const bool whole = !target.is_view();
  const bool records = must_record({whole ? target : target.base(), value});
  Tensor fitting = records ? detail::expanded(to(value, target.dtype()), target.sizes()) : value;
  if (records && whole && !computed && fitting.is_same(value)) {
    // A node of its own, as a view gets from its base: hooks of the target, and who asks for its gradient, do not see what
    // else becomes of the value.
    fitting = record(operation, value.detach(), {value}, [](const Tensor& grad) { return grad; });
  }
  detail::copy_values(target, partly_overlaps(target, value) ? value.detach().clone() : value);
  target.impl()->storage->bump_version();
  rebase_history(target, fitting);
  return itself(target);
}

}  // namespace

void rebase_history(const Tensor& target, const Tensor& value) {
  const Tensor base = target.is_view() ? target.base() : target;
  if (!must_record({base, value})) return;
  const bool whole = !target.is_view();
  if (whole && value.defined() && value.requires_grad() && !value.is_leaf()) {
    const auto [node, output_number] = gradient_edge(value);
    set_history(target, node, output_number);
    return;
  }
  const bool keeps_old = !whole || !value.defined() || !value.requires_grad();
  const Tensor old = keeps_old ? base : Tensor();
  const detail::Geometry base_geometry(base);
  const detail::Geometry part_geometry(target);
  record("CopySlices", base, {old, value}, [base_geometry, part_geometry](const Tensor& grad, const Node& node) {
    std::array<Tensor, 2> gradients;
    if (node.needs_gradient(0)) gradients[0] = detail::zero_part(grad, base_geometry, part_geometry);
    if (node.needs_gradient(1)) gradients[1] = detail::part_of(grad, base_geometry, part_geometry);
    return gradients;
  });
}

void require_writable(const char* operation, const Tensor& target) {
  check<ShapeError>(!repeats_elements(target),
                    "{}: several elements of the written tensor (sizes {}, strides {}) share one place in memory; clone it "
                    "first",
                    operation, target.sizes(), target.strides());
  check<GraphError>(!target.is_inference() || InferenceMode::is_enabled(),
                    "{}: this tensor was made in inference mode and cannot be changed outside of it; clone() it first",
                    operation);
  if (!GradMode::is_enabled()) return;
  check<GraphError>(!shares_memory_in_function(target) && !(target.is_view() && shares_memory_in_function(target.base())),
                    "{}: this result of a Function shares its memory with an argument or another result, of which backward "
                    "would know nothing; clone() it in forward",
                    operation);
  check<GraphError>(!(target.requires_grad() && target.is_leaf()),
                    "{}: a leaf that requires a gradient cannot be changed in place; use NoGradGuard, or a copy", operation);
  if (!target.is_view()) return;
  const Tensor base = target.base();
  const AutogradMeta& meta = *target.impl()->meta;
  check<GraphError>(!(base.requires_grad() && base.is_leaf()) && !meta.views_leaf,
                    "{}: a view of a leaf that requires a gradient cannot be changed in place; use NoGradGuard, or a copy",
                    operation);
  check<GraphError>(
      !(meta.viewed_unrecorded && base.requires_grad()),
      "{}: a view that was made without grad mode cannot be changed in place with it; make both with it, or both "
      "without",
      operation);
}

void mark_written(const Tensor& target) {
  target.impl()->storage->bump_version();
  rebase_history(target, Tensor());
}

Tensor& write_in_place(const char* operation, const Tensor& target, const Tensor& value) {
  require_writable(operation, target);
  return store(operation, target, value, false);
}

Tensor& write_result(const char* operation, const Tensor& target, const Tensor& result) {
  check<TypeError>(can_cast(result.dtype(), target.dtype()), "{}: a result of {} cannot be stored in a tensor of {}",
                   operation, result.dtype(), target.dtype());
  return store(operation, target, result, true);
}

Tensor before_change(const Tensor& target) { return must_record({target}) ? clone(target) : target; }

Tensor& Tensor::copy_(const Tensor& source) const { return write_in_place("copy_", *this, source); }

namespace {

/// What is written to a temporary that nobody else sees is lost.
void require_seen(const Tensor& temporary) {
  const TensorImpl* impl = temporary.impl();
  // A view keeps its base, and the base the storage.
  const std::uint32_t own = impl->meta && impl->meta->base.use_count() == 1 ? 2 : 1;
  check<ValueError>(impl->use_count() > 1 || impl->storage->use_count() > own || impl->storage->wraps(),
                    "operator=: the value would be lost, for this temporary is a copy that nothing else refers to; to write "
                    "elements by masks or lists of positions use index_put_()");
}

}  // namespace

Tensor& Tensor::operator=(const Tensor& value) && {
  require_seen(*this);
  return copy_(value);
}

// NOLINTNEXTLINE(cppcoreguidelines-rvalue-reference-param-not-moved,performance-noexcept-move-constructor)
Tensor& Tensor::operator=(Tensor&& value) && {
  require_seen(*this);
  return copy_(value);
}

Tensor& Tensor::operator=(Scalar value) && {
  require_seen(*this);
  return fill_(value);
}

Tensor& Tensor::set_(const Tensor& source) const {
  check<TypeError>(dtype() == source.dtype(), "set_: the memory of a tensor of {} cannot be that of one of {}", dtype(),
                   source.dtype());
  check<GraphError>(!requires_grad(), "set_: the memory of a tensor that requires a gradient cannot be replaced");
  set_data(source);
  return itself(*this);
}

Tensor& Tensor::set_() const { return set_(xgrad::empty({0}, dtype())); }

Tensor& Tensor::set_(const Tensor& source, std::int64_t offset, IntArrayRef sizes, IntArrayRef strides) const {
  const DimVector gapless = strides.empty() ? contiguous_strides(sizes) : to_dims(strides);
  return set_(xgrad::as_strided(source.detach(), sizes, gapless, offset));
}

Tensor& Tensor::set_(const StorageHandle& source) const {
  const auto elements = static_cast<std::int64_t>(source.nbytes() / element_size());
  return set_(Tensor(intrusive_ptr<TensorImpl>(new TensorImpl(source.storage(), {elements}, elements, dtype()))));
}

Tensor& Tensor::set_(const StorageHandle& source, std::int64_t offset, IntArrayRef sizes, IntArrayRef strides) const {
  const Tensor all = xgrad::empty({0}, dtype());
  all.set_(source);
  return set_(all, offset, sizes, strides);
}

}  // namespace xgrad
