// A Gaussian process whose kernel is fitted by gradients: factors, solutions, determinants, and what they give together.
#include <torch/torch.h>

#include <cmath>
#include <iomanip>
#include <iostream>

struct GaussianProcessImpl : torch::nn::Module {
  GaussianProcessImpl() {
    log_length = register_parameter("log_length", torch::zeros({}, torch::kDouble));
    log_scale = register_parameter("log_scale", torch::zeros({}, torch::kDouble));
    log_noise = register_parameter("log_noise", torch::full({}, -1.0, torch::kDouble));
  }
  torch::Tensor kernel(const torch::Tensor& a, const torch::Tensor& b) {
    const auto distance = (a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(-1);
    return torch::exp(2 * log_scale) * torch::exp(-0.5 * distance / torch::exp(2 * log_length));
  }
  torch::Tensor covariance(const torch::Tensor& x) {
    return kernel(x, x) + torch::exp(2 * log_noise) * torch::eye(x.size(0), x.options());
  }
  // The negative logarithm of the likelihood, by a Cholesky factor.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& y) {
    const auto factor = torch::linalg_cholesky(covariance(x));
    const auto solved = torch::cholesky_solve(y.unsqueeze(1), factor).squeeze(1);
    return 0.5 * y.dot(solved) + factor.diagonal().log().sum() + 0.5 * static_cast<double>(x.size(0)) * std::log(2 * M_PI);
  }
  torch::Tensor log_length, log_scale, log_noise;
};
TORCH_MODULE(GaussianProcess);

int main() {
  torch::manual_seed(2);
  const auto x = torch::linspace(-3, 3, 25, torch::kDouble).unsqueeze(1);
  const auto y = torch::sin(2 * x).squeeze(1) + 0.1 * torch::cos(37 * x).squeeze(1);
  GaussianProcess process;
  std::cout << std::fixed << std::setprecision(4);

  // The same by a solver and a determinant.
  {
    const auto covariance = process->covariance(x);
    const auto solved = torch::linalg_solve(covariance, y);
    const auto by_solver = 0.5 * y.dot(solved) + 0.5 * torch::logdet(covariance) + 0.5 * 25 * std::log(2 * M_PI);
    std::cout << process(x, y).item<double>() << ' ' << by_solver.item<double>() << '\n';
    torch::Tensor sign, logarithm;
    std::tie(sign, logarithm) = torch::slogdet(covariance);
    std::cout << sign.item<double>() << ' ' << logarithm.item<double>() << '\n';
    by_solver.backward();
    for (const auto& p : process->named_parameters()) std::cout << p.key() << ' ' << p.value().grad().item<double>() << '\n';
  }

  torch::optim::Adam optimizer(process->parameters(), torch::optim::AdamOptions(0.05));
  for (int step = 0; step <= 100; ++step) {
    optimizer.zero_grad();
    auto loss = process(x, y);
    loss.backward();
    optimizer.step();
    if (step % 25 == 0) std::cout << "step " << step << " loss " << loss.item<double>() << '\n';
  }
  std::cout << "length " << process->log_length.exp().item<double>() << " noise " << process->log_noise.exp().item<double>()
            << '\n';

  torch::NoGradGuard no_grad;
  const auto at = torch::tensor({{-1.0}, {0.25}, {2.0}}, torch::kDouble);
  const auto between = process->kernel(at, x);
  const auto inverse = torch::linalg::inv(process->covariance(x));
  std::cout << between.mv(inverse.mv(y)) << '\n';
  const auto variance = process->kernel(at, at) - torch::linalg_multi_dot({between, inverse, between.t()});
  std::cout << torch::linalg::det(variance).item<double>() << ' ' << variance.det().gt(0).item<bool>() << '\n';
  const auto small = torch::tensor({{2.0, 1.0}, {0.5, 3.0}}, torch::kDouble);
  std::cout << torch::matrix_power(small, 3) << '\n'
            << torch::linalg_matrix_power(small, -2) << '\n'
            << torch::linalg_solve_triangular(small, small, /*upper=*/true) << '\n'
            << std::get<0>(torch::triangular_solve(small, small, true)) << '\n'
            << torch::cholesky_inverse(torch::linalg_cholesky(small.t().mm(small))) << '\n'
            << small.inverse() << '\n';
  std::cout << torch::linalg_norm(small).item<double>() << ' ' << torch::linalg_matrix_norm(small, 1).item<double>() << ' '
            << torch::linalg_matrix_norm(small, "fro").item<double>() << ' '
            << torch::linalg::vector_norm(small, 1, c10::nullopt, false, c10::nullopt).item<double>() << ' '
            << torch::linalg_vecdot(small, small).sum().item<double>() << '\n'
            << torch::linalg_vander(torch::arange(1, 4)) << '\n'
            << torch::linalg_cross(torch::eye(3), torch::ones({3, 3})) << '\n';
}
