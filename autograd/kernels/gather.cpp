#include "autograd/kernels/gather.h"

#include <algorithm>
#include <atomic>
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
  /// Where `checks`, rows of the index that leave the axis are passed over, and all_in_range() tells.
  explicit IndexRows(GatherIndex index, bool checks = false) : index_(std::move(index)), checks_(checks) {
    if (index_.sizes.empty()) {
      index_.sizes.push_back(1);
      index_.strides.push_back(1);
    }
    merge_dimensions();
    outer_ = index_.sizes.size() - 1;
    for (std::size_t dim = 0; dim < outer_; ++dim) count_ *= index_.sizes[dim];
    for (std::size_t dim = 0; dim < index_.axis; ++dim) independent_ *= index_.sizes[dim];
    for (std::size_t dim = index_.axis + 1; dim < outer_; ++dim) between_ *= index_.sizes[dim];
  }

  bool all_in_range() const { return in_range_.load(std::memory_order_relaxed); }
  std::int64_t count() const { return count_; }
  std::int64_t length() const { return index_.sizes[outer_]; }
  const std::int64_t* values() const { return index_.values; }
  std::int64_t entries() const { return index_.entries; }
  /// From one entry along the axis to the next in the tensor.
  std::int64_t step() const { return index_.strides[index_.axis]; }
  bool along_rows() const { return index_.axis == outer_; }
  std::size_t longest_sum() const { return static_cast<std::size_t>(index_.sizes[index_.axis]); }

  /// Whether it pays to bring a strip of columns of the tensor together before it is read or written by the index: where the
  /// rows of a large one are far apart, few of them fit a cache.
  bool brings_together(std::size_t element_size) const {
    constexpr std::int64_t large = std::int64_t{1} << 20;
    return element_size >= sizeof(float) && !along_rows() && index_.sizes[index_.axis] >= entries() / 2 &&
           entries() * step() * static_cast<std::int64_t>(element_size) >= large;
  }

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
    const std::int64_t along = along_rows() ? 0 : index_.strides[outer_];
    const std::int64_t next = step();
    visit_rows(first, last, [&](std::int64_t row, std::int64_t base) {
      const std::int64_t* values = index_.values + row * length();
      if (checks_ && !fits(values + begin, end - begin)) return;
      for (std::int64_t i = begin; i < end; ++i) visit(row * length() + i, base + values[i] * next + i * along);
    });
  }

  /// All of them, in an order in which those for one place follow one another as in the index; on several threads, which
  /// never meet in the tensor.
  template <class Visit>
  void visit_apart(const Visit& visit_element) const {
    if (!along_rows()) {
      const std::int64_t next = step();
      for_each_strip(strip_width(1), [&](const Strip& strip) {
        visit_strip(strip, [&, base = strip.base](std::int64_t i, std::int64_t entry, std::int64_t column) {
          visit_element(i, base + entry * next + column);
        });
      });
      return;
    }
    parallel_for(0, count_, runs_in_part(grain, length()),
                 [&](std::int64_t first, std::int64_t last) { visit(first, last, 0, length(), visit_element); });
  }

  /// All of them, in any order.
  template <class Visit>
  void visit_all(const Visit& visit_element) const {
    if (count_ == 1) {
      parallel_for(0, length(), grain,
                   [&](std::int64_t begin, std::int64_t end) { visit(0, 1, begin, end, visit_element); });
    } else if (length() > 0) {
      parallel_for(0, count_, runs_in_part(grain, length()),
                   [&](std::int64_t first, std::int64_t last) { visit(first, last, 0, length(), visit_element); });
    }
  }

  /// A part of the tensor that no other meets: along the axis, and `columns` wide along the last dimension, from `base` on;
  /// and the rows of the index for it, `row_step` apart, from column `begin` on.
  struct Strip {
    std::int64_t base;
    std::int64_t row;
    std::int64_t row_step;
    std::int64_t begin;
    std::int64_t columns;
  };

  /// The columns of a strip that with so many bytes for each element stays in the second-level cache, and is wide enough for
  /// what lies along the rows to be fetched ahead.
  std::int64_t strip_width(std::size_t element_size) const {
    constexpr std::int64_t cached = std::int64_t{1} << 20;
    const std::int64_t fitting = cached / (entries() * static_cast<std::int64_t>(element_size) + 1);
    return std::min(length(), std::clamp<std::int64_t>(fitting / 32 * 32, 32, 512));
  }

  /// Calls task(strip) for all of them, of this width, on several threads, where the axis is not the last dimension.
  template <class Task>
  void for_each_strip(std::int64_t width, const Task& task) const {
    const std::int64_t named = index_.sizes[index_.axis];
    if (count_ * length() == 0) return;
    const std::int64_t strips = (length() + width - 1) / width;
    parallel_for(
        0, independent_ * between_ * strips, runs_in_part(grain, named * width), [&](std::int64_t first, std::int64_t last) {
          for (std::int64_t i = first; i < last; ++i) {
            const std::int64_t line = i / strips;
            Strip strip{0, line / between_ * named * between_ + line % between_, between_, i % strips * width, 0};
            strip.columns = std::min(width, length() - strip.begin);
            visit_rows(strip.row, strip.row + 1, [&](std::int64_t, std::int64_t base) { strip.base = base + strip.begin; });
            task(strip);
          }
        });
  }

  /// Calls visit(number of the element in the index, entry, column) for the elements of a strip, row by row of the index.
  template <bool backwards = false, class Visit>
  void visit_strip(const Strip& strip, const Visit& visit) const {
    const std::int64_t named = index_.sizes[index_.axis];
    for (std::int64_t step = 0; step < named; ++step) {
      const std::int64_t k = backwards ? named - 1 - step : step;
      const std::int64_t at = (strip.row + k * strip.row_step) * length() + strip.begin;
      if (checks_ && !fits(index_.values + at, strip.columns)) continue;
      for (std::int64_t i = 0; i < strip.columns; ++i) visit(at + i, index_.values[at + i], i);
    }
  }

 private:
  static constexpr std::int64_t grain = 65536;

  /// Whether these values lie in the axis: looked at while they are in a cache.
  bool fits(const std::int64_t* values, std::int64_t n) const {
    std::uint64_t largest = 0;
    for (std::int64_t i = 0; i < n; ++i) largest = std::max(largest, static_cast<std::uint64_t>(values[i]));
    if (largest < static_cast<std::uint64_t>(index_.entries) || n == 0) return true;
    in_range_.store(false, std::memory_order_relaxed);
    return false;
  }

  /// Dimensions behind the axis through which index and tensor step evenly become one, and those before it.
  void merge_dimensions() {
    for (std::size_t dim = index_.sizes.size() - 1; dim > 0; --dim) {
      const bool beside_axis = dim == index_.axis || dim - 1 == index_.axis;
      if (beside_axis || index_.strides[dim - 1] != index_.sizes[dim] * index_.strides[dim]) continue;
      index_.sizes[dim - 1] *= index_.sizes[dim];
      index_.strides[dim - 1] = index_.strides[dim];
      index_.sizes.erase(index_.sizes.begin() + dim);
      index_.strides.erase(index_.strides.begin() + dim);
      if (dim < index_.axis) --index_.axis;
    }
  }

  GatherIndex index_;
  bool checks_;
  mutable std::atomic<bool> in_range_{true};
  std::size_t outer_ = 0;
  std::int64_t count_ = 1;
  std::int64_t independent_ = 1;  // dimensions before the axis
  std::int64_t between_ = 1;      // and between it and the last
};

/// Calls work(T()) for an unsigned integer of this size.
template <class Work>
void with_size(std::size_t size, const Work& work) {
  switch (size) {  // NOLINTNEXTLINE(bugprone-branch-clone): of different types
    case 1: return work(std::uint8_t());
    case 2: return work(std::uint16_t());
    case 4: return work(std::uint32_t());
    default: return work(std::uint64_t());
  }
}

/// to[entry][column] = from[entry][column], with these strides.
template <class To, class From>
void copy_strip(To* to, std::int64_t to_stride, const From* from, std::int64_t from_stride, std::int64_t entries,
                std::int64_t columns) {
  for (std::int64_t entry = 0; entry < entries; ++entry) {
    for (std::int64_t i = 0; i < columns; ++i) to[entry * to_stride + i] = static_cast<To>(from[entry * from_stride + i]);
  }
}

}  // namespace

std::pair<std::int64_t, std::int64_t> index_range(const std::int64_t* values, std::int64_t n) {
  std::int64_t least = 0;
  std::int64_t largest = -1;
  for (std::int64_t i = 0; i < n; ++i) {
    least = std::min(least, values[i]);
    largest = std::max(largest, values[i]);
  }
  return {least, largest};
}

void places(std::int64_t* out, GatherIndex index) {
  IndexRows(std::move(index)).visit_all([=](std::int64_t i, std::int64_t place) { out[i] = place; });
}

namespace {

/// task(strip, together, width) for each strip of columns, whose entries in `from` stand together in `together`, row by row.
template <class T, class Task>
void for_each_strip_together(const IndexRows& rows, const T* from, const Task& task) {
  const std::int64_t width = rows.strip_width(sizeof(T));
  rows.for_each_strip(width, [&](const IndexRows::Strip& strip) {
    const Buffer<T> together(rows.entries() * width);
    copy_strip(together.data(), width, from + strip.base, rows.step(), rows.entries(), strip.columns);
    task(strip, together.data(), width);
  });
}

}  // namespace

bool gather(std::size_t size, void* out, const void* in, GatherIndex index) {
  const IndexRows rows(std::move(index), true);
  with_size(size, [&]<class T>(T) {
    auto* to = static_cast<T*>(out);
    const auto* from = static_cast<const T*>(in);
    if (!rows.brings_together(sizeof(T))) {
      rows.visit_all([=](std::int64_t i, std::int64_t place) { to[i] = from[place]; });
      return;
    }
    for_each_strip_together(rows, from, [&](const IndexRows::Strip& strip, const T* together, std::int64_t width) {
      rows.visit_strip(
          strip, [=](std::int64_t i, std::int64_t entry, std::int64_t column) { to[i] = together[entry * width + column]; });
    });
  });
  return rows.all_in_range();
}

bool scatter(std::size_t size, void* out, const void* in, GatherIndex index) {
  const IndexRows rows(std::move(index), true);
  with_size(size, [&]<class T>(T) {
    auto* to = static_cast<T*>(out);
    const auto* from = static_cast<const T*>(in);
    if (!rows.brings_together(sizeof(T))) {
      rows.visit_apart([=](std::int64_t i, std::int64_t place) { to[place] = from[i]; });
      return;
    }
    for_each_strip_together(rows, to, [&](const IndexRows::Strip& strip, T* together, std::int64_t width) {
      rows.visit_strip(strip, [=](std::int64_t i, std::int64_t entry, std::int64_t column) {
        together[entry * width + column] = from[i];
      });
      copy_strip(to + strip.base, rows.step(), together, width, rows.entries(), strip.columns);
    });
  });
  return rows.all_in_range();
}

namespace {

/// `value`, or 0 where a place was taken, which it is from now on: without a jump.
template <class T>
T take(T value, std::uint8_t& taken) {
  const auto kept = static_cast<T>(value & static_cast<T>(taken - 1));
  taken = 1;
  return kept;
}

/// From the last element along the axis of the index to the first: scatter() keeps those that come to a place first then.
template <class T>
void gather_last_of(const IndexRows& rows, T* out, const T* in) {
  if (rows.along_rows()) {
    const std::int64_t length = rows.length();
    parallel_for(0, rows.count(), std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, length)),
                 [&](std::int64_t first, std::int64_t last) {
                   const Buffer<std::uint8_t> taken(rows.entries());
                   rows.visit_rows(first, last, [&](std::int64_t row, std::int64_t base) {
                     const std::int64_t* const values = rows.values() + row * length;
                     std::fill_n(taken.data(), rows.entries(), std::uint8_t{0});
                     for (std::int64_t i = length; i-- > 0;) {
                       out[row * length + i] = take(in[base + values[i]], taken.data()[values[i]]);
                     }
                   });
                 });
    return;
  }
  const std::int64_t step = rows.step();
  const std::int64_t width = rows.strip_width(sizeof(T) + sizeof(std::uint8_t));
  rows.for_each_strip(width, [&](const IndexRows::Strip& strip) {
    const Buffer<std::uint8_t> buffer(rows.entries() * width);
    std::uint8_t* const taken = buffer.data();
    std::fill_n(taken, rows.entries() * width, std::uint8_t{0});
    const T* const from = in + strip.base;
    rows.visit_strip<true>(strip, [=](std::int64_t i, std::int64_t entry, std::int64_t column) {
      out[i] = take(from[entry * step + column], taken[entry * width + column]);
    });
  });
}

/// Floats: a row's, or a strip's, sums at a time in double precision.
void add_in_double(const IndexRows& rows, float* out, const float* in) {
  const std::int64_t entries = rows.entries();
  if (rows.along_rows()) {
    const std::int64_t length = rows.length();
    parallel_for(0, rows.count(), std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, length)),
                 [&](std::int64_t first, std::int64_t last) {
                   const Buffer<double> buffer(entries);
                   double* const sums = buffer.data();
                   rows.visit_rows(first, last, [&](std::int64_t row, std::int64_t base) {
                     std::copy_n(out + base, entries, sums);
                     const std::int64_t* const values = rows.values() + row * length;
                     for (std::int64_t i = 0; i < length; ++i) sums[values[i]] += static_cast<double>(in[row * length + i]);
                     copy_strip(out + base, entries, sums, entries, 1, entries);
                   });
                 });
    return;
  }
  const std::int64_t width = rows.strip_width(sizeof(double));
  rows.for_each_strip(width, [&](const IndexRows::Strip& strip) {
    const Buffer<double> buffer(entries * width);
    double* const sums = buffer.data();
    copy_strip(sums, width, out + strip.base, rows.step(), entries, strip.columns);
    rows.visit_strip(strip, [=](std::int64_t i, std::int64_t entry, std::int64_t column) {
      sums[entry * width + column] += static_cast<double>(in[i]);
    });
    copy_strip(out + strip.base, rows.step(), sums, width, entries, strip.columns);
  });
}

}  // namespace

void gather_last(std::size_t size, void* out, const void* in, GatherIndex index) {
  const IndexRows rows(std::move(index));
  with_size(size, [&]<class T>(T) { gather_last_of(rows, static_cast<T*>(out), static_cast<const T*>(in)); });
}

template <class T>
void scatter_add(T* out, const T* in, GatherIndex index) {
  const IndexRows rows(std::move(index));
  if constexpr (std::is_same_v<T, float>) {
    if (rows.longest_sum() > short_sum) {
      add_in_double(rows, out, in);
      return;
    }
  }
  rows.visit_apart([=](std::int64_t i, std::int64_t place) { out[place] = static_cast<T>(out[place] + in[i]); });
}

template void scatter_add(bool*, const bool*, GatherIndex);
template void scatter_add(std::int64_t*, const std::int64_t*, GatherIndex);
template void scatter_add(float*, const float*, GatherIndex);
template void scatter_add(double*, const double*, GatherIndex);

}  // namespace xgrad::kernels
