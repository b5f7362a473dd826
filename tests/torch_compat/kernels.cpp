// An operation over plain memory: dispatched by dtype, in parallel, with accessors and foreign memory.
#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <cmath>
#include <iostream>

template <typename scalar_t>
static void scan_rows(const torch::Tensor& input, torch::Tensor& output, scalar_t decay) {
  auto in = input.accessor<scalar_t, 2>();
  auto out = output.accessor<scalar_t, 2>();
  at::parallel_for(0, in.size(0), /*grain_size=*/2, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      scalar_t state = 0;
      for (int64_t t = 0; t < in.size(1); ++t) out[row][t] = state = decay * state + in[row][t];
    }
  });
}

torch::Tensor scan(const torch::Tensor& input, double decay) {
  TORCH_CHECK(input.dim() == 2, "scan: expected a matrix, got ", input.sizes());
  const auto x = input.contiguous();
  auto output = torch::empty_like(x);
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "scan", [&] { scan_rows<scalar_t>(x, output, static_cast<scalar_t>(decay)); });
  return output;
}

class Scan : public torch::autograd::Function<Scan> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* ctx, const torch::Tensor& x, double decay) {
    ctx->saved_data["decay"] = decay;
    return scan(x, decay);
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* ctx, torch::autograd::tensor_list grads) {
    return {scan(grads[0].flip(1), ctx->saved_data["decay"].toDouble()).flip(1), torch::Tensor()};
  }
};

int main() {
  auto x = torch::arange(8, torch::kDouble).view({2, 4}).requires_grad_();
  auto y = Scan::apply(x, 0.5);
  std::cout << y << "\n";
  y.sum().backward();
  std::cout << x.grad() << "\n";
  std::cout << scan(torch::ones({1, 3}), 0.25) << "\n";
  try {
    scan(torch::ones({1, 3}, torch::kInt), 1);
  } catch (const c10::Error&) {
    std::cout << "integers are refused\n";
  }

  const auto largest = AT_DISPATCH_ALL_TYPES(torch::kInt, "largest",
                                             [] { return static_cast<double>(std::numeric_limits<scalar_t>::max()); });
  std::cout << (largest == 2147483647.0) << "\n";

  std::vector<double> memory = {1, 2, 3, 4, 5, 6};
  {
    int freed = 0;
    {
      auto view = torch::from_blob(
          memory.data(), {2, 2}, {3, 1}, [&](void*) { ++freed; }, torch::kDouble);
      view.mul_(10);
      std::cout << view << " " << freed;
    }
    std::cout << " " << freed << "\n";
  }
  std::cout << memory << "\n";
  auto t = torch::zeros({2, 3}, torch::kFloat);
  std::copy_n(memory.begin(), 6, t.data_ptr<float>());
  std::cout << t << " " << t.is_contiguous() << t.t().is_contiguous() << " " << t.t().strides() << " " << t.nbytes() << "\n";
  float* raw = t.data_ptr<float>();
  raw[t.numel() - 1] = -1;
  std::vector<float> values(raw, raw + t.numel());
  std::cout << values << "\n" << at::get_num_threads() / at::get_num_threads() << "\n";
}
