#include "nn/modules/container/functional.h"

#include <memory>
#include <ostream>
#include <utility>

namespace xgrad::nn {

FunctionalImpl::FunctionalImpl(Function function) : function_(std::move(function)) {}

void FunctionalImpl::reset() {}

void FunctionalImpl::pretty_print(std::ostream& stream) const { stream << "Functional()"; }

Functional::Functional(Tensor (*function)(const Tensor&, Scalar), Scalar first)
    : ModuleHolder(std::make_shared<FunctionalImpl>(function, first)) {}

Functional::Functional(Tensor (*function)(const Tensor&, Scalar, Scalar, Scalar), Scalar first, Scalar second, Scalar third)
    : ModuleHolder(std::make_shared<FunctionalImpl>(function, first, second, third)) {}

}  // namespace xgrad::nn
