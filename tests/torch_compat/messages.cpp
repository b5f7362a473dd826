// Errors and warnings: what they say, who takes them, and that nothing changes.
#include <torch/torch.h>

#include <c10/util/Exception.h>

#include <iostream>
#include <string>
#include <vector>

class Collect : public c10::WarningHandler {
 public:
  void process(const c10::SourceLocation& /*location*/, const std::string& message, const bool /*verbatim*/) override {
    messages.push_back(message);
  }
  std::vector<std::string> messages;
};

struct Lazy : torch::nn::Module {
  Lazy() { weight = register_parameter("weight", torch::Tensor()); }
  torch::Tensor weight;
};

static void require_square(const torch::Tensor& x) {
  TORCH_CHECK(x.dim() == 2, "expected a matrix, but got ", x.dim(), " dimensions");
  TORCH_CHECK_VALUE(x.size(0) == x.size(1), "expected a square, but got ", x.sizes());
}

template <class Function>
static void attempt(const char* what, Function function, bool own = false) {
  try {
    function();
    std::cout << what << ": fine\n";
  } catch (const c10::Error& error) {
    std::cout << what << ": " << (own ? error.what_without_backtrace() : "refused") << "\n";
  } catch (const std::exception&) {
    std::cout << what << ": refused\n";
  }
}

int main() {
  Collect handler;
  {
    c10::Warning::WarningHandlerGuard guard(&handler);
    TORCH_WARN("careful: ", 1, " and ", 2.5);
    for (int i = 0; i < 3; ++i) TORCH_WARN_ONCE("once");
    for (const auto& message : handler.messages) std::cout << message << "\n";
    handler.messages.clear();
    auto x = torch::ones({2}, torch::requires_grad());
    x.pow(3).sum().backward({}, /*retain_graph=*/c10::nullopt, /*create_graph=*/true);
    std::cout << handler.messages.size() << " " << x.grad().requires_grad() << "\n";
    x.mutable_grad() = torch::Tensor();
    handler.messages.clear();
    Lazy lazy;
    std::cout << handler.messages.size() << " " << lazy.weight.defined() << "\n";
  }
  std::cout << (c10::Warning::get_warning_handler() != &handler) << "\n";

  attempt(
      "vector", [] { require_square(torch::ones({3})); }, true);
  attempt(
      "oblong",
      [] {
        require_square(torch::ones({3, 2}));
      },
      true);
  attempt(
      "square",
      [] {
        require_square(torch::ones({3, 3}));
      },
      true);
  auto x = torch::ones({2, 3});
  attempt("view", [&] { x.view({4}); });
  attempt("matmul", [&] { x.mm(x); });
  attempt("cat", [&] { torch::cat({x, torch::ones({3, 3})}, 1); });
  attempt("item", [&] { x.item<float>(); });
  attempt("undefined", [&] { torch::Tensor().sum(); });
  attempt("twice", [&] {
    auto y = torch::ones({1}, torch::requires_grad()).exp();
    y.backward();
    y.backward();
  });
  attempt("file", [&] { torch::load(x, "no/such/file.pt"); });
  attempt("module", [&] { torch::nn::Linear(nullptr)->forward(x); });
  attempt("children", [&] {
    torch::nn::Sequential model(torch::nn::Linear(3, 2));
    model->register_module("0", torch::nn::Linear(3, 2));
  });
  attempt("assert", [&] { TORCH_INTERNAL_ASSERT(x.size(0) == 3); });
  attempt("own", [&] { TORCH_CHECK(false); });
  attempt("at_error", [&] { AT_ERROR("wrong"); });
  std::cout << x.sum().item<float>() << "\n";
}
