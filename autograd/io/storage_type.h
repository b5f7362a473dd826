/// PyTorch's storages, as its files name them, and their dtypes here. For .cpp files of this folder.
#pragma once

#include <array>
#include <utility>

#include "autograd/base/scalar_type.h"

namespace xgrad::detail {

/// The class in module "torch" of each dtype's storage.
inline constexpr std::array<std::pair<const char*, Dtype>, 10> storage_types{{{"FloatStorage", kFloat32},
                                                                              {"DoubleStorage", kFloat64},
                                                                              {"LongStorage", kInt64},
                                                                              {"BoolStorage", kBool},
                                                                              {"HalfStorage", kFloat16},
                                                                              {"BFloat16Storage", kBFloat16},
                                                                              {"IntStorage", kInt32},
                                                                              {"ShortStorage", kInt16},
                                                                              {"CharStorage", kInt8},
                                                                              {"ByteStorage", kUInt8}}};

}  // namespace xgrad::detail
