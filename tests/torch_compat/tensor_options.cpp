// How tensors are made, and what dtypes, devices, scalars and lists of sizes print and convert to.
#include <torch/torch.h>

#include <c10/util/StringUtil.h>
#include <c10/util/accumulate.h>

#include <iostream>
#include <numeric>

static int64_t volume(c10::IntArrayRef sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<int64_t>());
}
static torch::Tensor join(at::TensorList tensors) { return at::cat(tensors, 0); }

int main() {
  std::cout << std::boolalpha;
  std::cout << torch::TensorOptions() << "\n";
  const auto options =
      torch::TensorOptions().dtype(torch::kFloat64).layout(torch::kStrided).device(torch::kCPU).requires_grad(true);
  std::cout << options << "\n" << torch::zeros({2}, options).options() << "\n";
  std::cout << options.dtype() << " " << options.device() << " " << options.layout() << " " << options.requires_grad()
            << "\n";
  for (auto type : {torch::kBool, torch::kUInt8, torch::kInt8, torch::kInt16, torch::kInt32, torch::kInt64, torch::kFloat32,
                    torch::kFloat64, torch::kHalf, torch::kBFloat16}) {
    const auto x = torch::ones({1}, type);
    std::cout << x.dtype() << " " << x.scalar_type() << " " << x.dtype().itemsize() << " " << x.toString() << " "
              << torch::isIntegralType(type, false) << torch::isFloatingType(type) << " " << c10::elementSize(type) << "\n";
  }
  const auto x = torch::ones({2, 3}, torch::kInt);
  std::cout << (x.dtype() == torch::kInt) << (x.dtype() == torch::ones({1}).dtype()) << (x.scalar_type() == torch::kInt32)
            << (x.dtype() == torch::dtype<int32_t>().dtype()) << " " << c10::typeMetaToScalarType(x.dtype()) << " "
            << c10::scalarTypeToTypeMeta(torch::kLong) << " " << torch::get_default_dtype() << " "
            << x.dtype().toScalarType() << "\n";
  std::cout << torch::zeros({2}, x.dtype()).dtype() << " " << torch::ones(3, torch::dtype(torch::kDouble)).dtype() << " "
            << torch::full({1}, 3, torch::kLong).dtype() << " " << torch::empty({0}, x.options()).dtype() << " "
            << torch::tensor({1, 2}).dtype() << " " << torch::tensor({1.5, 2.0}).dtype() << " "
            << torch::tensor(true).dtype() << " " << torch::arange(3).dtype() << " " << torch::arange(0, 1, 0.5).dtype()
            << "\n";
  std::cout << x.to(torch::kFloat).dtype() << x.to(torch::ones({1}).options()).dtype() << x.type_as(torch::ones({1})).dtype()
            << " " << x.to(torch::kCPU, torch::kDouble).dtype() << " " << x.to(torch::dtype(torch::kByte)).dtype() << "\n";

  const torch::Device device("cpu");
  std::cout << device << " " << device.type() << " " << torch::kCPU << " " << torch::kCUDA << " " << device.is_cpu()
            << device.has_index() << (device == torch::Device(torch::kCPU)) << " " << device.str() << " "
            << c10::DeviceTypeName(torch::kCPU) << "\n";

  c10::Scalar s = 3, d = 2.5, b = true, none;
  std::cout << s.toInt() << s.to<double>() << s.toFloat() << " " << d.toDouble() << " " << d.toLong() << " " << b.toBool()
            << " " << s.isIntegral(false) << b.isIntegral(false) << b.isIntegral(true) << d.isFloatingPoint()
            << b.isBoolean() << " " << s.type() << d.type() << b.type() << " " << none.toLong() << (-d).toDouble()
            << s.equal(3) << "\n";
  std::cout << torch::tensor(7).item().toLong() << " " << torch::tensor(0.5).item<float>() << " "
            << torch::tensor(0.5).item().to<float>() << "\n";
  try {
    c10::Scalar(1e30).toInt();
  } catch (const std::exception&) {
    std::cout << "it does not fit\n";
  }

  const auto sized = torch::zeros({4, 1, 5});
  const auto sizes = sized.sizes();
  std::cout << sizes << " " << sizes.size() << sizes.front() << sizes.back() << " " << sizes.slice(1) << sizes.slice(0, 2)
            << " " << sizes.vec() << " " << sizes.equals({4, 1, 5}) << (sizes == torch::IntArrayRef({4, 1})) << " "
            << volume(sizes) << volume({2, 2}) << volume(std::vector<int64_t>{3}) << " " << c10::multiply_integers(sizes)
            << "\n";
  std::vector<int64_t> copy = sizes.vec();
  copy.insert(copy.begin(), 2);
  std::cout << torch::ones(copy).sizes() << torch::ones({2}, torch::kLong).dtype() << torch::zeros({}).dim()
            << torch::ones(c10::ArrayRef<int64_t>{2, 2}).sizes() << "\n";
  const torch::Tensor parts[] = {torch::ones({1}), torch::zeros({2})};
  std::vector<torch::Tensor> list(parts, parts + 2);
  std::cout << join(list).sizes() << join({parts[0], parts[1], parts[0]}).sizes()
            << join(at::ArrayRef<torch::Tensor>(parts, 2)).sizes() << "\n";

  c10::optional<int64_t> maybe;
  std::cout << maybe.has_value() << maybe.value_or(4) << (maybe == c10::nullopt) << " "
            << c10::str("sizes ", sizes, ", dtype ", x.dtype(), ", ", 1.5) << "\n";
  std::cout << torch::rand({2, 2}).lt(1).all().item<bool>() << torch::eye(2).trace().item<float>() << " "
            << torch::linspace(0, 1, 3) << torch::logspace(0, 2, 3) << "\n";
  torch::set_default_dtype(c10::scalarTypeToTypeMeta(torch::kDouble));
  std::cout << torch::ones({1}).dtype() << " " << torch::get_default_dtype() << "\n";
}
