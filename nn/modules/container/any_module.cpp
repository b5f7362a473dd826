#include "nn/modules/container/any_module.h"

#include "autograd/base/check.h"
#include "nn/clone_scope.h"

namespace xgrad::nn {

namespace detail {

void throw_argument_count(const Module& module, std::size_t most, std::size_t given) {
  throw ValueError(fmt::format("{}: forward takes {} argument(s), got {}", module.name(), most, given));
}

void throw_argument_type(const Module& module, std::size_t position, const std::type_info& expected,
                         const std::type_info& given) {
  throw TypeError(fmt::format("{}: forward expects argument {} to be a {}, got a {}", module.name(), position,
                              readable_name(expected), readable_name(given)));
}

}  // namespace detail

const detail::AnyModuleContent& AnyModule::content() const {
  check<ValueError>(content_ != nullptr, "an empty AnyModule was used");
  return *content_;
}

AnyModule AnyModule::clone() const {
  AnyModule result;
  if (!is_empty()) result.content_ = content_->with(detail::CloneScope::clone(*content_->module()));
  return result;
}

}  // namespace xgrad::nn
