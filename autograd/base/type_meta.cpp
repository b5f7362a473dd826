#include "autograd/base/type_meta.h"

#include <ostream>

namespace xgrad {

std::string_view TypeMeta::name() const {
  switch (type_) {
    case ScalarType::Bool: return "bool";
    case ScalarType::Byte: return "unsigned char";
    case ScalarType::Char: return "signed char";
    case ScalarType::Short: return "short int";
    case ScalarType::Int: return "int";
    case ScalarType::Long: return "long int";
    case ScalarType::Half: return "c10::Half";
    case ScalarType::BFloat16: return "c10::BFloat16";
    case ScalarType::Float: return "float";
    default: return "double";
  }
}

std::ostream& operator<<(std::ostream& stream, TypeMeta type) { return stream << type.name(); }

}  // namespace xgrad
