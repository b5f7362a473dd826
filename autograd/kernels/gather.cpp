#include "autograd/kernels/gather.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/add_rows.h"

namespace xgrad::kernels {

namespace {

/// Rows along the last dimension of an index, and where each begins in the tensor.
class IndexRows {
 public:
  explicit IndexRows(GatherIndex index) : index_(std::move(index)) {
    if (index_.sizes.empty()) {
      index_.sizes.push_back(1);
      index_.strides.push_back(1);
    }
    outer_ = index_.sizes.size() - 1;
    for (std::size_t dim = 0; dim < outer_; ++dim) count_ *= index_.sizes[dim];
    for (std::size_t dim = 0; dim < index_.axis; ++dim) independent_ *= index_.sizes[dim];
  }

  std::int64_t count() const { return count_; }
  std::int64_t length() const { return index_.sizes[outer_]; }
  /// How many parts of equal numbers of rows there are that never meet in the tensor.
  std::int64_t independent() const { return independent_; }
  bool along_rows() const { return index_.axis == outer_; }

  /// Calls visit(number of the element in the index, its place in the tensor) for the elements from `begin` to `end` of rows
  /// `first` to `last`.
  template <class Visit>
  void visit(std::int64_t first, std::int64_t last, std::int64_t begin, std::int64_t end, const Visit& visit) const {
    const DimVector& sizes = index_.sizes;
    const DimVector& strides = index_.strides;
    DimVector at(outer_);
    std::int64_t base = 0;
    std::int64_t rest = first;
    for (std::size_t dim = outer_; dim-- > 0; rest /= sizes[dim]) {
      at[dim] = rest % sizes[dim];
      if (dim != index_.axis) base += at[dim] * strides[dim];
    }
    const std::int64_t step = strides[index_.axis];
    const std::int64_t along = along_rows() ? 0 : strides[outer_];
    for (std::int64_t row = first; row < last; ++row) {
      const std::int64_t* values = index_.values + row * length();
      for (std::int64_t i = begin; i < end; ++i) visit(row * length() + i, base + values[i] * step + i * along);
      for (std::size_t dim = outer_; dim-- > 0;) {
        const bool carries = ++at[dim] == sizes[dim];
        if (dim != index_.axis) base += carries ? -(sizes[dim] - 1) * strides[dim] : strides[dim];
        if (!carries) break;
        at[dim] = 0;
      }
    }
  }

  /// All of them, in an order in which those for one place follow one another as in the index; on several threads, which never
  /// meet in the tensor.
  template <class Visit>
  void visit_apart(const Visit& visit_element) const {
    const std::int64_t total = count_ * length();
    if (total == 0) return;
    if (independent_ > 1) {
      const std::int64_t rows = count_ / independent_;
      parallel_for(
          0, independent_, std::max<std::int64_t>(1, grain / (total / independent_)),
          [&](std::int64_t first, std::int64_t last) { visit(first * rows, last * rows, 0, length(), visit_element); });
    } else if (!along_rows()) {
      parallel_for(0, length(), std::max<std::int64_t>(16, grain / count_),
                   [&](std::int64_t begin, std::int64_t end) { visit(0, count_, begin, end, visit_element); });
    } else {
      visit(0, count_, 0, length(), visit_element);
    }
  }

  /// All of them, in any order.
  template <class Visit>
  void visit_all(const Visit& visit_element) const {
    if (count_ == 1) {
      parallel_for(0, length(), grain,
                   [&](std::int64_t begin, std::int64_t end) { visit(0, 1, begin, end, visit_element); });
    } else if (length() > 0) {
      parallel_for(0, count_, std::max<std::int64_t>(1, grain / length()),
                   [&](std::int64_t first, std::int64_t last) { visit(first, last, 0, length(), visit_element); });
    }
  }

 private:
  static constexpr std::int64_t grain = 65536;

  GatherIndex index_;
  std::size_t outer_ = 0;
  std::int64_t count_ = 1;
  std::int64_t independent_ = 1;
};

/// Calls work(T()) for an unsigned integer of this size.
template <class Work>
void with_size(std::size_t size, const Work& work) {
  switch (size) {
    case 1: return work(std::uint8_t());
    case 2: return work(std::uint16_t());
    case 4: return work(std::uint32_t());
    default: return work(std::uint64_t());
  }
}

}  // namespace

void places(std::int64_t* out, GatherIndex index) {
  IndexRows(std::move(index)).visit_all([=](std::int64_t i, std::int64_t place) { out[i] = place; });
}

void gather(std::size_t size, void* out, const void* in, GatherIndex index) {
  const IndexRows rows(std::move(index));
  with_size(size, [&]<class T>(T) {
    auto* to = static_cast<T*>(out);
    const auto* from = static_cast<const T*>(in);
    rows.visit_all([=](std::int64_t i, std::int64_t place) { to[i] = from[place]; });
  });
}

void scatter(std::size_t size, void* out, const void* in, GatherIndex index) {
  const IndexRows rows(std::move(index));
  with_size(size, [&]<class T>(T) {
    auto* to = static_cast<T*>(out);
    const auto* from = static_cast<const T*>(in);
    rows.visit_apart([=](std::int64_t i, std::int64_t place) { to[place] = from[i]; });
  });
}

template <class T>
void scatter_add(T* out, std::int64_t size, const T* in, GatherIndex index) {
  const bool long_sums = !index.sizes.empty() && index.sizes[index.axis] > short_sum;
  const IndexRows rows(std::move(index));
  if (std::is_same_v<T, float> && long_sums) {
    std::vector<double> sums(out, out + size);
    rows.visit_apart(
        [&](std::int64_t i, std::int64_t place) { sums[static_cast<std::size_t>(place)] += static_cast<double>(in[i]); });
    std::transform(sums.begin(), sums.end(), out, [](double sum) { return static_cast<T>(sum); });
    return;
  }
  rows.visit_apart([=](std::int64_t i, std::int64_t place) { out[place] = static_cast<T>(out[place] + in[i]); });
}

template void scatter_add(bool*, std::int64_t, const bool*, GatherIndex);
template void scatter_add(std::int64_t*, std::int64_t, const std::int64_t*, GatherIndex);
template void scatter_add(float*, std::int64_t, const float*, GatherIndex);
template void scatter_add(double*, std::int64_t, const double*, GatherIndex);

}  // namespace xgrad::kernels
