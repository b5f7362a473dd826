#!/usr/bin/env bash
# Arguments that C++ would turn into a bool or a dimension unasked do not compile: arguments.sh COMPILER SOURCE_FOLDER

set -euo pipefail

compiler=$1
source=$2
program=$(mktemp)
trap 'rm -f "$program"' EXIT

# A line each; every one of them must be an error, and all that is around them must not.
refused=(
  'x.sum(true)' 'x.sum(1.0)' 'xgrad::sum(x, true)' 'x.mean(true)' 'xgrad::mean(x, 0.5)' 'x.prod(true)' 'xgrad::prod(x, true)'
  'x.max(true)' 'xgrad::max(x, true)' 'x.min(true)' 'x.amax(true)' 'xgrad::amin(x, true)' 'x.argmax(true)'
  'xgrad::argmin(x, true)' 'x.all(true)' 'xgrad::any(x, true)' 'x.any(0.5)' 'x.logsumexp(true)' 'x.cumsum(true)'
  'xgrad::cumprod(x, true)' 'x.cummax(true)' 'xgrad::cummin(x, true)' 'x.median(true)' 'xgrad::nanmedian(x, true)'
  'x.mode(true)' 'x.kthvalue(true)' 'x.aminmax(true)' 'x.nansum(true)' 'xgrad::nanmean(x, true)' 'x.count_nonzero(true)'
  'x.softmax(true)' 'xgrad::softmax(x, 1.0)' 'xgrad::log_softmax(x, true)' 'x.squeeze(true)' 'xgrad::unsqueeze(x, true)'
  'x.flip(true)' 'xgrad::flip(x, true)' 'x.unbind(true)' 'xgrad::unbind(x, true)' 'x.select(true, 0)' 'x.topk(true)'
  'x.sort(true)' 'xgrad::sort(x, true)' 'x.argsort(true)' 'xgrad::argsort(x, false)'
  'x.norm(true)' 'xgrad::norm(x, true)' 'x.norm({1})' 'x.norm({0, 1})' 'xgrad::norm(x, {1})' 'x.norm("fro")'
  'x.var("unbiased")' 'x.std("0")' 'x.var({0}, "true")' 'x.std({0}, 0.5, true)'
  'x[true]' 'x[1.0]' 'x = 1.0' 'x = 1'
  'xgrad::dropout(x, true, 0.5)' 'xgrad::alpha_dropout(x, true, 0.5)'
  'xgrad::nn::ReLUImpl(0.1)' 'xgrad::nn::ReLU6Impl("inplace")' 'xgrad::nn::SELUOptions(1)'
  'xgrad::nn::LSTMOptions(2, 3).batch_first("no")' 'xgrad::nn::LSTMOptions(2, 3).bidirectional(0.5)'
  'xgrad::nn::LinearOptions(2, 3).bias(nullptr)' 'xgrad::optim::SGDOptions(0.1).nesterov(0.9)'
  'xgrad::nn::utils::rnn::pad_sequence({x, x}, -1)' 'xgrad::nn::utils::rnn::pad_sequence({x, x}, 0.5)'
  # A fraction is no dimension.
  'x.std(0.5)' 'x.var(0.5)' 'xgrad::std(x, 0.5)' 'xgrad::var(x, 0.5)' 'xgrad::var_mean(x, 0.5)' 'xgrad::std_mean(x, 0.5)'
  'x.sort(0.5)' 'x.argsort(0.5)' 'xgrad::sort(x, 0.5)' 'xgrad::argsort(x, 0.5f)' 'x.sum(0.5)' 'x.sum(half, true)' 'x.size(0.5)'
  'x.stride(half)' 'x.transpose(0.5, 1)' 'x.select(0.5, 0)' 'x.narrow(half, 0, 1)' 'x.unsqueeze(0.5)' 'x.flip(half)'
  'x.roll(1, half)' 'x.kthvalue(1, 0.5)' 'x.topk(1, 0.5)' 'x.quantile(0.5, 0.5)' 'x.logcumsumexp(0.5)' 'x.index_select(0.5, x)'
  'x.gather(0.5, x)' 'x.scatter(0.5, x, x)' 'x.unflatten(0.5, {1, 2})' 'x.split(1, 0.5)' 'x.chunk(2, 0.5)' 'x.diff(1, 0.5)'
  'xgrad::cat({x, x}, 0.5)' 'xgrad::stack({x, x}, half)' 'xgrad::glu(x, 0.5)' 'xgrad::softmin(x, 0.5)' 'xgrad::unique_dim(x, 0.5)'
  'x.norm(2, 0.5)' 'x.renorm(2, 0.5, 1)' 'x.movedim(0.5, 1)' 'xgrad::moveaxis(x, 0, 0.5)'
  # A text, another pointer or another number is no flag.
  'x.sum(0, "a")' 'x.mean(0, "a")' 'x.max(0, "a")' 'x.min(0, text)' 'x.argmax(0, "a")' 'x.sum({0, 1}, "a")' 'x.amax(0, "a")'
  'x.sort(0, "a")' 'x.argsort(0, text)' 'x.topk(1, 0, "a")' 'x.norm(2, 0, "a")' 'x.logsumexp(0, "a")' 'x.median(0, "a")'
  'x.std(0, "a")' 'x.std(0, 1, "a")' 'x.var({0}, true, "a")' 'xgrad::var_mean(x, 0, 1, "a")' 'x.quantile(0.5, 0, "a")'
  'x.all(0, "a")' 'x.any(0, nullptr)' 'x.prod(0, "a")' 'x.kthvalue(1, 0, "a")' 'x.mode(0, "a")' 'x.nansum(0, "a")'
  'x.isclose(x, 0.1, 0.1, "a")' 'x.allclose(x, 0.1, 0.1, text)' 'x.index_put({x}, x, "a")' 'x.put(x, x, "a")'
  'x.fill_diagonal_(1, "a")' 'x.multinomial(1, "a")' 'x.cholesky("a")' 'x.scatter_reduce(0, x, x, "sum", "a")'
  'x.requires_grad_("a")' 'x.set_requires_grad("a")' 'x.backward(x, "a")' 'x.backward(x, true, "a")' 'x.to(xgrad::kInt64, "a")'
  'x.to("cpu", "a")' 'x.to(x, false, text)' 'x.copy_(x, "a")' 'xgrad::TensorOptions().requires_grad("a")'
  'xgrad::TensorOptions().requires_grad(1)' 'xgrad::requires_grad("a")' 'xgrad::TensorOptions().pinned_memory("a")'
  'xgrad::dropout(x, .5, "a")' 'xgrad::alpha_dropout(x, .5, text)' 'xgrad::rrelu(x, 0.1, 0.2, "a")' 'xgrad::kl_div(x, x, xgrad::kMean, "a")'
  'xgrad::hann_window(3, "a")' 'xgrad::searchsorted(x, x, "a")' 'xgrad::isin(x, x, "a")' 'xgrad::unique_dim(x, 0, "a")'
  'xgrad::pairwise_distance(x, x, 2, 1e-6, "a")' 'xgrad::gumbel_softmax(x, 1, "a")' 'xgrad::AutoGradMode("a")'
  'xgrad::GradMode::set_enabled("a")' 'xgrad::InferenceMode("a")' 'xgrad::AnomalyMode::set_enabled("a")'
  'xgrad::autograd::grad({x}, {x}, {}, "a")' 'xgrad::autograd::backward({x}, {}, text)'
  'xgrad::nn::Linear(2, 3)->train("a")' 'xgrad::nn::Linear(2, 3)->train(1)' 'xgrad::nn::Linear(2, 3)->zero_grad("a")'
  'xgrad::nn::Linear(2, 3)->parameters("a")' 'xgrad::nn::Linear(2, 3)->register_parameter("w", x, "a")'
  'xgrad::optim::SGD({x}, 0.1).zero_grad("a")' 'xgrad::nn::utils::rnn::pack_padded_sequence(x, x, "a")'
  'xgrad::nn::utils::rnn::pad_packed_sequence(packed, "a")' 'xgrad::nn::utils::clip_grad_norm_({x}, 1, 2, "a")'
  'xgrad::nn::LinearOptions(2, 2).bias(3)' 'xgrad::nn::LSTMOptions(2, 2).bidirectional(2)' 'x.sum(0, 1)' 'x.max(0, 2)'
  'x.sort(0, 1)' 'x.requires_grad_(1)' 'xgrad::optim::AdamOptions(0.1).amsgrad(1)'
  # A bool is no number.
  'x.topk(2, true)' 'x.norm(2, true)' 'x.size(true)' 'x.stride(false)' 'x.flatten(true)' 'x.roll(true)' 'x.roll(1, true)'
  'x.transpose(true, false)' 'x.swapaxes(0, true)' 'x.movedim(true, false)' 'xgrad::movedim(x, true, false)' 'x.moveaxis(0, true)'
  'xgrad::unique_dim(x, true)' 'x.quantile(true)' 'xgrad::quantile(x, true)' 'x.nanquantile(0.5, true)' 'x.view(true)'
  'x.reshape(false)' 'x.expand(true)' 'x.repeat(true)' 'x.permute(true)' 'xgrad::zeros(true)' 'x.narrow(true, 0, 1)'
  'x.index_select(true, x)' 'x.gather(false, x)' 'x.split(1, true)' 'x.diagonal(0, true)' 'xgrad::cat({x}, true)' 'x.bernoulli_(true)'
  'xgrad::dropout(x, true, false)' 'xgrad::feature_dropout(x, true, true)' 'xgrad::nn::DropoutImpl(true)' 'xgrad::nn::AlphaDropoutImpl(true)'
  'xgrad::nn::functional::dropout(x, true)' 'xgrad::nn::functional::DropoutFuncOptions().p(true)' 'xgrad::nn::LeakyReLUImpl(true)'
  'xgrad::nn::ELUImpl(true)' 'xgrad::nn::LSTMOptions(2, 3).num_layers(true)' 'xgrad::nn::LSTMOptions(2, 3).dropout(true)'
  'xgrad::nn::LinearOptions(2, 2).in_features(2.5)' 'xgrad::nn::MaxPool1dImpl(true)' 'xgrad::optim::SGD({x}, true)'
  'xgrad::optim::Adam({x}, true)' 'xgrad::optim::SGDOptions(0.1).momentum(true)' 'xgrad::cdist(x, x, true)'
)
allowed=(
  'x.sum(0)' 'x.sum({0, 1}, true)' 'x.std(true)' 'x.std({0}, true, true)' 'x.norm(2.0)' 'x.norm(1, {0})' 'x.sort(true, 0)'
  'x.sort(0, true)' 'x[0] = 1.0' 'xgrad::nn::ReLU(true)' 'xgrad::nn::ReLU(xgrad::nn::ReLUOptions().inplace(true))'
  'xgrad::nn::LSTMOptions(2, 3).batch_first(true)' 'xgrad::nn::utils::rnn::pad_sequence({x, x}, true, -1)'
  'xgrad::dropout(x, 0.5, true)' 'x.clamp(0, 1)' 'x.any(0)' 'x.argmax()' 'x.argmax({1})' 'x.max({0})' 'x.max({1}, true)' 'x.any({0})'
  'x.median({0})' 'x.size(0u)' 'x.size(long{1})' 'x.size(short{1})' 'x.sum(x.dim() - 1, flags[0])' 'x.max(0, flags[1])'
  'x.transpose(std::int8_t{0}, 1ul)' 'x.requires_grad_(flags[0])' 'x.sum(0, atomic_flag)' 'x.sum(0, std::true_type())'
  'x.quantile(0)' 'x.quantile(0.5f, 1, true)' 'xgrad::nn::Dropout(0.5)' 'xgrad::nn::Dropout(1)' 'xgrad::optim::SGD({x}, 1)'
  'xgrad::optim::Adam({x}, {0.1f})' 'x.to(xgrad::kCPU, xgrad::kInt64, true)' 'x.backward({}, std::nullopt, true)'
  'x.backward({}, std::optional<bool>(true))' 'xgrad::TensorOptions().requires_grad(std::optional<bool>(true))'
  'xgrad::TensorOptions().requires_grad(std::nullopt)' 'xgrad::nn::LSTMOptions(2, 3).dropout(1).num_layers(2u)' 'x.movedim(0, 1u)'
  'xgrad::nn::Linear(2, 3)->train(flags[0])' 'x.argmin(std::optional<std::int64_t>(1))' 'x.norm(2, {0}, true)' 'x.norm(2, 0)'
)

{
  printf '#include <xgrad/xgrad.h>\n#include <atomic>\n'
  echo 'void use(xgrad::Tensor x, double half, const char* text, std::vector<bool> flags, std::atomic<bool>& atomic_flag, xgrad::nn::utils::rnn::PackedSequence packed) {'
  printf '  %s;\n' "${allowed[@]}" "${refused[@]}"
  echo '}'
} > "$program"
first=$((4 + ${#allowed[@]}))
last=$((first + ${#refused[@]} - 1))

errors=$("$compiler" -std=c++20 -fsyntax-only -fmax-errors=0 -I "$source" -x c++ "$program" 2>&1 || true)
failed=0
for ((line = 4; line <= last; line++)); do
  call=$(sed -n "${line}p" "$program")
  if grep -q "^$program:$line:[0-9]*: error" <<< "$errors"; then
    if ((line < first)); then
      echo "does not compile, but should:$call"
      failed=1
    fi
  elif ((line >= first)); then
    echo "compiles, but should not:$call"
    failed=1
  fi
done
exit $failed
