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
)
allowed=(
  'x.sum(0)' 'x.sum({0, 1}, true)' 'x.std(true)' 'x.std({0}, true, true)' 'x.norm(2.0)' 'x.norm(1, {0})' 'x.sort(true, 0)'
  'x.sort(0, true)' 'x[0] = 1.0' 'xgrad::nn::ReLU(true)' 'xgrad::nn::ReLU(xgrad::nn::ReLUOptions().inplace(true))'
  'xgrad::nn::LSTMOptions(2, 3).batch_first(true)' 'xgrad::nn::utils::rnn::pad_sequence({x, x}, true, -1)'
  'xgrad::dropout(x, 0.5, true)' 'x.clamp(0, 1)' 'x.any(0)' 'x.argmax()'
)

{
  echo '#include <xgrad/xgrad.h>'
  echo 'void use(xgrad::Tensor x) {'
  printf '  %s;\n' "${allowed[@]}" "${refused[@]}"
  echo '}'
} > "$program"
first=$((3 + ${#allowed[@]}))
last=$((first + ${#refused[@]} - 1))

errors=$("$compiler" -std=c++20 -fsyntax-only -fmax-errors=0 -I "$source" -x c++ "$program" 2>&1 || true)
failed=0
for ((line = 3; line <= last; line++)); do
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
