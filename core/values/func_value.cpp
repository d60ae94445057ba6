#include "core/values/func_value.h"

#include "core/base/text.h"

namespace lldbgo {
namespace {

struct Closure {
  LoadAddr object, code;
};

Result<std::optional<Closure>> closure_of(const ValueContext& context, const GoValue& value) {
  auto object = word_of(context.memory, value, 0, 8);
  if (!object) return pass(object);
  if (*object == 0) return std::nullopt;
  auto code = context.memory.pointer(LoadAddr(*object));
  if (!code) return unreadable(LoadAddr(*object));
  return Closure{LoadAddr(*object), *code};
}

}  // namespace

Result<std::string> func_name(const ValueContext& context, const GoValue& value) {
  auto closure = closure_of(context, value);
  if (!closure) return pass(closure);
  if (!*closure) return "";
  std::string name = context.function_name ? context.function_name((*closure)->code) : "";
  return name.empty() ? hex((*closure)->code.value) : name;
}

std::vector<Capture> captures_of(const ValueContext& context, const GoValue& value) {
  std::vector<Capture> out;
  auto closure = closure_of(context, value);
  const DwarfInfo* dwarf = context.dwarf();
  if (!closure || !*closure || dwarf == nullptr) return out;
  auto info = dwarf->function(context.process->to_file((*closure)->code));
  if (!info) return out;
  for (const Variable& v : info->locals) {
    if (!v.closure_offset) continue;
    LoadAddr at = (*closure)->object + *v.closure_offset;
    if (!v.escaped) {
      out.push_back({v.name, {v.type, at, {}}});
      continue;
    }
    auto variable = dwarf->pointee(*v.type);
    auto pointer = context.memory.pointer(at);
    if (variable && pointer) out.push_back({v.name.substr(1), {*variable, *pointer, {}}});
  }
  return out;
}

}  // namespace lldbgo
