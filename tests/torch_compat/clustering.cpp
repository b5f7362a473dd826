// K-means and a mixture of Gaussians: tensors without any gradient.
#include <torch/torch.h>

#include <iomanip>
#include <iostream>

std::tuple<torch::Tensor, torch::Tensor> kmeans(const torch::Tensor& x, int64_t k, int iterations) {
  auto centers = x.index_select(0, torch::linspace(0, x.size(0) - 1, k).to(torch::kLong)).clone();
  torch::Tensor assignment;
  for (int i = 0; i < iterations; ++i) {
    auto distance = (x.unsqueeze(1) - centers.unsqueeze(0)).pow(2).sum(-1);
    assignment = distance.argmin(1);
    auto sums = torch::zeros_like(centers).index_add_(0, assignment, x);
    auto counts = torch::bincount(assignment, {}, k).clamp_min(1).unsqueeze(1);
    auto moved = sums / counts;
    if (torch::allclose(moved, centers, 1e-6, 1e-8)) break;
    centers = moved;
  }
  return {centers, assignment};
}

int main() {
  torch::manual_seed(40);
  torch::NoGradGuard no_grad;
  auto options = torch::TensorOptions(torch::kFloat64);
  auto x = torch::cat({torch::randn({30, 2}, options), torch::randn({30, 2}, options) + 6,
                       torch::randn({30, 2}, options).add_(torch::tensor({-6.0, 6.0}, options))});
  auto [centers, assignment] = kmeans(x, 3, 20);
  auto order = std::get<1>(centers.select(1, 0).sort());
  std::cout << std::fixed << std::setprecision(3) << centers.index_select(0, order) << "\n";
  std::cout << torch::bincount(assignment).sum() << "\n";

  // Expectation and maximisation with diagonal covariances.
  auto means = centers.clone(), variances = torch::ones_like(means), weights = torch::full({3}, 1.0 / 3, options);
  double likelihood = 0;
  for (int i = 0; i < 15; ++i) {
    auto difference = x.unsqueeze(1) - means;
    auto log_density =
        -0.5 * (difference.square() / variances + variances.log() + std::log(2 * M_PI)).sum(2) + weights.log();
    auto total = log_density.logsumexp(1, true);
    likelihood = total.mean().item<double>();
    auto responsibility = (log_density - total).exp();
    auto mass = responsibility.sum(0);
    means = responsibility.t().mm(x) / mass.unsqueeze(1);
    variances = torch::einsum("nk,nkd->kd", {responsibility, (x.unsqueeze(1) - means).square()}) / mass.unsqueeze(1) + 1e-6;
    weights = mass / mass.sum();
  }
  std::cout << likelihood << " " << weights.sum().item<double>() << "\n";
  std::cout << std::get<0>(variances.flatten().sort(0, /*descending=*/true)) << "\n";
  auto standardised = (x - x.mean(0, true)) / x.std(0, /*unbiased=*/true, /*keepdim=*/true);
  std::cout << standardised.mean(0).abs().max().item<double>() << " " << standardised.std(0) << "\n";
  auto covariance = standardised.t().matmul(standardised) / (x.size(0) - 1);
  std::cout << covariance << "\n";
  std::cout << std::get<0>(x.median(0)) << " " << x.amax({0, 1}) << " " << std::get<0>(x.min(0)) << "\n";
  std::cout << torch::histc(x.select(1, 0), 5, -9, 9) << "\n"
            << torch::cumsum(torch::ones({3}), 0) << x.slice(0, 0, 90, 45).prod(1) << "\n";
}
