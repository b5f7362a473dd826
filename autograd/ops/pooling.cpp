#include "autograd/ops/pooling.h"

#include <algorithm>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/gather.h"
#include "autograd/kernels/pooling.h"
#include "autograd/ops/activation.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/one_number.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/scatter.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

using kernels::Window;

void check_input(const char* operation, const Tensor& x) {
  check<TypeError>(x.dtype() == kFloat32 || x.dtype() == kFloat64, "{}: expected float32 or float64, got {} {}", operation,
                   x.dtype(), x.sizes());
  check<ShapeError>((x.dim() == 3 || x.dim() == 2) && x.size(-1) > 0,
                    "{}: expected an input (batch, channels, time) or (channels, time) with time, got {}", operation,
                    x.sizes());
}

/// What the arguments of a pool say, checked.
struct Pool {
  Pool(const char* operation, const Tensor& x, IntArrayRef kernel_size, IntArrayRef strides, IntArrayRef paddings,
       IntArrayRef dilations, bool ceil_mode)
      : size(one_number(operation, "the kernel's size", kernel_size, 1)),
        stride(strides.empty() ? size : one_number(operation, "the stride", strides, 1)),
        padding(one_number(operation, "the padding", paddings, 0)),
        dilation(one_number(operation, "the dilation", dilations, 1)) {
    check_input(operation, x);
    length = x.size(-1);
    check<ValueError>(padding <= size / 2, "{}: a padding of {} is more than half of the kernel's size {}", operation,
                      padding, size);
    const std::int64_t room = length + 2 * padding - dilation * (size - 1) - 1;
    check<ShapeError>(room >= 0 || (ceil_mode && room + stride - 1 >= 0),
                      "{}: an input {} with its padding is shorter than a window of {} steps", operation, x.sizes(),
                      dilation * (size - 1) + 1);
    count = (room + (ceil_mode ? stride - 1 : 0)) / stride + 1;
    if (ceil_mode && (count - 1) * stride >= length + padding) --count;
  }
  std::int64_t size;
  std::int64_t stride;
  std::int64_t padding;
  std::int64_t dilation;
  std::int64_t length = 0;
  std::int64_t count = 0;  ///< of windows
};

/// `output_size` windows that share out the time.
std::vector<Window> shared_windows(const char* operation, const Tensor& x, IntArrayRef output_size) {
  check_input(operation, x);
  const std::int64_t count = one_number(operation, "the output's size", output_size, 0);
  const std::int64_t length = x.size(-1);
  constexpr std::int64_t most = std::int64_t{1} << 20;
  check<ValueError>(count <= std::max(length, most), "{}: {} steps cannot be shared out among {} windows", operation, length,
                    count);
  std::vector<Window> windows;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t first = i * length / count;
    const std::int64_t last = ((i + 1) * length + count - 1) / count;
    windows.push_back({first, last, static_cast<double>(last - first)});
  }
  return windows;
}

/// An empty tensor of x's shape, but for its time.
Tensor with_time(const Tensor& x, std::int64_t length, Dtype dtype) {
  DimVector sizes = to_dims(x.sizes());
  sizes.back() = length;
  return empty(sizes, dtype);
}

std::int64_t rows_of(const Tensor& x) { return x.numel() / x.size(-1); }

// Two linear maps, each the gradient of the other.
Tensor spread(const Tensor& y, std::vector<Window> windows, std::int64_t length);

Tensor means(const Tensor& x, std::vector<Window> windows) {
  const Tensor y = with_time(x, static_cast<std::int64_t>(windows.size()), x.dtype());
  const std::int64_t length = x.size(-1);
  visit_floating(x.dtype(), "avg_pool1d", [&]<class T>() {
    kernels::window_means(contiguous(x.detach()).data_ptr<T>(), rows_of(x), length, windows, y.data_ptr<T>());
  });
  return record("AvgPool1d", y, {x},
                [windows = std::move(windows), length](const Tensor& grad) { return spread(grad, windows, length); });
}

Tensor spread(const Tensor& y, std::vector<Window> windows, std::int64_t length) {
  const Tensor x = with_time(y, length, y.dtype());
  visit_floating(y.dtype(), "avg_pool1d", [&]<class T>() {
    kernels::spread_means(contiguous(y.detach()).data_ptr<T>(), rows_of(x), length, windows, x.data_ptr<T>());
  });
  return record("AvgPool1dGradient", x, {y},
                [windows = std::move(windows)](const Tensor& grad) { return means(grad, windows); });
}

std::tuple<Tensor, Tensor> maxima(const Tensor& x, const std::vector<Window>& windows, std::int64_t dilation) {
  const auto count = static_cast<std::int64_t>(windows.size());
  const Tensor y = with_time(x, count, x.dtype());
  const Tensor steps = with_time(x, count, kInt64);
  visit_floating(x.dtype(), "max_pool1d", [&]<class T>() {
    kernels::window_maxima(contiguous(x.detach()).data_ptr<T>(), rows_of(x), x.size(-1), windows, dilation, y.data_ptr<T>(),
                           steps.data_ptr<std::int64_t>());
  });
  const Tensor result =
      record("MaxPool1d", y, {x}, [steps = SavedTensor(steps), sizes = to_dims(x.sizes())](const Tensor& grad) {
        const Tensor taken = steps.unpack();
        const Tensor gradient = zeros(sizes, grad.dtype());
        if (GradMode::is_enabled()) return scatter_add(gradient, -1, taken, grad);
        visit_floating(grad.dtype(), "max_pool1d", [&]<class T>() {
          kernels::scatter_add(gradient.data_ptr<T>(), contiguous(grad).data_ptr<T>(),
                               {taken.data_ptr<std::int64_t>(), to_dims(taken.sizes()), contiguous_strides(sizes),
                                sizes.size() - 1, sizes.back()});
        });
        return gradient;
      });
  return {result, steps};
}

}  // namespace

std::tuple<Tensor, Tensor> max_pool1d_with_indices(const Tensor& x, IntArrayRef kernel_size, IntArrayRef stride,
                                                   IntArrayRef padding, IntArrayRef dilation, OnlyBool ceil_mode) {
  const Pool pool("max_pool1d", x, kernel_size, stride, padding, dilation, ceil_mode);
  std::vector<Window> windows;
  for (std::int64_t i = 0; i < pool.count; ++i) {
    const std::int64_t begin = i * pool.stride - pool.padding;
    const std::int64_t outside = std::max<std::int64_t>(0, -begin);
    const std::int64_t first = begin + (outside + pool.dilation - 1) / pool.dilation * pool.dilation;
    const std::int64_t last = std::min(pool.length, begin + pool.dilation * (pool.size - 1) + 1);
    check<ShapeError>(first < last, "max_pool1d: window {} of an input {} lies in the padding alone", i, x.sizes());
    windows.push_back({first, last});
  }
  return maxima(x, windows, pool.dilation);
}

Tensor max_pool1d(const Tensor& x, IntArrayRef kernel_size, IntArrayRef stride, IntArrayRef padding, IntArrayRef dilation,
                  OnlyBool ceil_mode) {
  return std::get<0>(max_pool1d_with_indices(x, kernel_size, stride, padding, dilation, ceil_mode));
}

Tensor max_unpool1d(const Tensor& x, const Tensor& indices, std::int64_t length) {
  check<ShapeError>(x.dim() == 3 || x.dim() == 2,
                    "max_unpool1d: expected an input (batch, channels, time) or (channels, time), got {}", x.sizes());
  check<TypeError>(indices.dtype() == kInt64, "max_unpool1d: expected indices of int64, got {}", indices.dtype());
  check<ShapeError>(indices.sizes() == x.sizes(), "max_unpool1d: indices {} do not fit an input {}", indices.sizes(),
                    x.sizes());
  check<ValueError>(length > 0, "max_unpool1d: expected a positive length, got {}", length);
  DimVector sizes = to_dims(x.sizes());
  sizes.back() = length;
  return scatter(zeros(sizes, x.dtype()), -1, indices, x);
}

Tensor avg_pool1d(const Tensor& x, IntArrayRef kernel_size, IntArrayRef stride, IntArrayRef padding, OnlyBool ceil_mode,
                  OnlyBool count_include_pad) {
  const Pool pool("avg_pool1d", x, kernel_size, stride, padding, 1, ceil_mode);
  std::vector<Window> windows;
  for (std::int64_t i = 0; i < pool.count; ++i) {
    const std::int64_t begin = i * pool.stride - pool.padding;
    const std::int64_t end = std::min(begin + pool.size, pool.length + pool.padding);
    const std::int64_t first = std::max<std::int64_t>(0, begin);
    const std::int64_t last = std::min(pool.length, end);
    const std::int64_t counted = count_include_pad ? end - begin : last - first;
    windows.push_back({first, last, static_cast<double>(std::max<std::int64_t>(1, counted))});
  }
  return means(x, std::move(windows));
}

Tensor lp_pool1d(const Tensor& x, double norm_type, IntArrayRef kernel_size, IntArrayRef stride, OnlyBool ceil_mode) {
  check<ValueError>(norm_type != 0, "lp_pool1d: the norm's exponent must not be 0");
  const Tensor mean = avg_pool1d(pow(x, norm_type), kernel_size, stride, 0, ceil_mode);
  return pow(sign(mean) * relu(abs(mean)) * kernel_size[0], 1 / norm_type);
}

Tensor adaptive_avg_pool1d(const Tensor& x, IntArrayRef output_size) {
  return means(x, shared_windows("adaptive_avg_pool1d", x, output_size));
}

std::tuple<Tensor, Tensor> adaptive_max_pool1d(const Tensor& x, IntArrayRef output_size) {
  return maxima(x, shared_windows("adaptive_max_pool1d", x, output_size), 1);
}

}  // namespace xgrad
