#include "core/frame/hidden_parameters.h"

#include "core/base/text.h"

namespace lldbgo {
namespace {

TypePtr pointer_type(std::string name) {
  auto type = std::make_shared<Type>();
  type->kind = TypeKind::pointer;
  type->name = std::move(name);
  type->size = type->align = 8;
  return type;
}

}  // namespace

std::vector<HiddenParameter> hidden_parameters(std::string_view function) {
  if (function.find("[go.shape.") != std::string_view::npos) {
    TypePtr type = pointer_type("*uintptr");
    std::size_t method = function.find("]).") != std::string_view::npos ? 1 : 0;
    return {{".dict", type, method}, {".dict", type, 1 - method}};
  }
  std::size_t open = function.find("(*"), close = function.find(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  std::string type = "*";
  type.append(function.substr(0, open)).append(function.substr(open + 2, close - open - 2));
  return {{".this", pointer_type(printable(type, 200)), 0}};
}

}  // namespace lldbgo
