#include "autograd/kernels/gather.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "autograd/base/parallel.h"
#include "autograd/kernels/add_rows.h"
#include "autograd/kernels/buffer.h"

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

  /// Calls visit(row, where it begins in the tensor) for rows `first` to `last`.
  template <class Visit>
  void visit_rows(std::int64_t first, std::int64_t last, const Visit& visit) const {
    const DimVector& sizes = index_.sizes;
    const DimVector& strides = index_.strides;
    DimVector at(outer_);
    std::int64_t base = 0;
    std::int64_t rest = first;
    for (std::size_t dim = outer_; dim-- > 0; rest /= sizes[dim]) {
      at[dim] = rest % sizes[dim];
      if (dim != index_.axis) base += at[dim] * strides[dim];
    }
    for (std::int64_t row = first; row < last; ++row) {
      visit(row, base);
      for (std::size_t dim = outer_; dim-- > 0;) {
        const bool carries = ++at[dim] == sizes[dim];
        if (dim != index_.axis) base += carries ? -(sizes[dim] - 1) * strides[dim] : strides[dim];
        if (!carries) break;
        at[dim] = 0;
      }
    }
  }

  /// Calls visit(number of the element in the index, its place in the tensor) for the elements from `begin` to `end` of rows
  /// `first` to `last`.
  template <class Visit>
  void visit(std::int64_t first, std::int64_t last, std::int64_t begin, std::int64_t end, const Visit& visit) const {
    const std::int64_t step = index_.strides[index_.axis];
    const std::int64_t along = along_rows() ? 0 : index_.strides[outer_];
    visit_rows(first, last, [&](std::int64_t row, std::int64_t base) {
      const std::int64_t* values = index_.values + row * length();
      for (std::int64_t i = begin; i < end; ++i) visit(row * length() + i, base + values[i] * step + i * along);
    });
  }

  /// Calls task(first row, last row, first column, last column) for parts that never meet in the tensor, on several threads: rows
  /// that follow one another, and across rows a strip of columns, so that what they reach of the tensor stays in a cache.
  template <class Task>
  void for_each_apart(const Task& task) const {
    const std::int64_t total = count_ * length();
    if (total == 0) return;
    const std::int64_t rows = count_ / independent_;
    const std::int64_t width = along_rows() ? length() : std::min(length(), strip);
    const std::int64_t strips = (length() + width - 1) / width;
    parallel_for(0, independent_ * strips, std::max<std::int64_t>(1, grain / (rows * width)),
                 [&](std::int64_t first, std::int64_t last) {
                   if (strips == 1) {
                     task(first * rows, last * rows, 0, length());
                     return;
                   }
                   for (std::int64_t i = first; i < last; ++i) {
                     const std::int64_t row = i / strips * rows;
                     const std::int64_t column = i % strips * width;
                     task(row, row + rows, column, std::min(length(), column + width));
                   }
                 });
  }

  /// All of them, in an order in which those for one place follow one another as in the index; on several threads, which never
  /// meet in the tensor.
  template <class Visit>
  void visit_apart(const Visit& visit_element) const {
    for_each_apart([&](std::int64_t first, std::int64_t last, std::int64_t begin, std::int64_t end) {
      visit(first, last, begin, end, visit_element);
    });
  }

  /// All of them, in any order.
  template <class Visit>
  void visit_all(const Visit& visit_element) const {
    if (count_ == 1) {
      parallel_for(0, length(), grain,
                   [&](std::int64_t begin, std::int64_t end) { visit(0, 1, begin, end, visit_element); });
    } else if (!along_rows()) {
      visit_apart(visit_element);
    } else if (length() > 0) {
      parallel_for(0, count_, std::max<std::int64_t>(1, grain / length()),
                   [&](std::int64_t first, std::int64_t last) { visit(first, last, 0, length(), visit_element); });
    }
  }

 private:
  static constexpr std::int64_t grain = 16384;
  static constexpr std::int64_t strip = 128;

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

void gather_last(std::size_t size, void* out, const void* in, std::int64_t elements, GatherIndex index) {
  const IndexRows rows(std::move(index));
  const auto run = [&]<class Number>(Number) {
    const Buffer<Number> last_written(elements);
    Number* const written_by = last_written.data();
    with_size(size, [&]<class T>(T) {
      auto* to = static_cast<T*>(out);
      const auto* from = static_cast<const T*>(in);
      rows.for_each_apart([&](std::int64_t first, std::int64_t last, std::int64_t begin, std::int64_t end) {
        const std::int64_t together = rows.along_rows() ? 1 : last - first;  // rows that meet
        for (std::int64_t row = first; row < last; row += together) {
          rows.visit(row, row + together, begin, end,
                     [=](std::int64_t i, std::int64_t place) { written_by[place] = static_cast<Number>(i); });
          rows.visit(row, row + together, begin, end, [=](std::int64_t i, std::int64_t place) {
            to[i] = written_by[place] == static_cast<Number>(i) ? from[place] : T(0);
          });
        }
      });
    });
  };
  if (rows.count() * rows.length() <= std::int64_t{0xffffffff}) run(std::uint32_t());
  else run(std::uint64_t());
}

namespace {

/// Floats along rows: a row's sums at a time in double precision.
void add_along_rows(float* out, std::int64_t row_size, const float* in, const std::int64_t* values, const IndexRows& rows) {
  const std::int64_t length = rows.length();
  rows.for_each_apart([&](std::int64_t first, std::int64_t last, std::int64_t, std::int64_t) {
    const Buffer<double> sums(row_size);
    rows.visit_rows(first, last, [&](std::int64_t row, std::int64_t base) {
      std::copy_n(out + base, row_size, sums.data());
      for (std::int64_t i = row * length; i < (row + 1) * length; ++i) sums.data()[values[i]] += static_cast<double>(in[i]);
      std::transform(sums.data(), sums.data() + row_size, out + base, [](double sum) { return static_cast<float>(sum); });
    });
  });
}

}  // namespace

template <class T>
void scatter_add(T* out, std::int64_t size, const T* in, GatherIndex index) {
  const bool long_sums = !index.sizes.empty() && index.sizes[index.axis] > short_sum;
  const std::int64_t* const values = index.values;
  const std::int64_t row_size = index.sizes.size() < 2 ? size : index.strides[index.sizes.size() - 2];
  const IndexRows rows(std::move(index));
  if constexpr (std::is_same_v<T, float>) {
    if (long_sums && rows.along_rows()) {
      add_along_rows(out, row_size, in, values, rows);
      return;
    }
    if (long_sums) {
      const Buffer<double> buffer(size);
      double* const sums = buffer.data();
      std::copy_n(out, size, sums);
      rows.visit_apart([=](std::int64_t i, std::int64_t place) { sums[place] += static_cast<double>(in[i]); });
      std::transform(sums, sums + size, out, [](double sum) { return static_cast<float>(sum); });
      return;
    }
  }
  rows.visit_apart([=](std::int64_t i, std::int64_t place) { out[place] = static_cast<T>(out[place] + in[i]); });
}

template void scatter_add(bool*, std::int64_t, const bool*, GatherIndex);
template void scatter_add(std::int64_t*, std::int64_t, const std::int64_t*, GatherIndex);
template void scatter_add(float*, std::int64_t, const float*, GatherIndex);
template void scatter_add(double*, std::int64_t, const double*, GatherIndex);

}  // namespace xgrad::kernels
