#include "core/values/value_context.h"

#include "core/gofacts/pclntab_facts.h"
#include "core/values/runtime_type.h"

namespace lldbgo {
namespace {

TypePtr scalar(const RuntimeType& type) {
  if (type.kind == TypeKind::unknown) return nullptr;
  auto out = std::make_shared<Type>();
  out->kind = type.kind;
  out->name = type.name;
  out->size = type.size;
  return out;
}

DynamicType dynamic_type(GoProcess& process, Memory& memory, LoadAddr descriptor) {
  const Moduledata& m = process.image().moduledata();
  RuntimeTypes types{{process.to_load(m.types.lo), process.to_load(m.types.hi)},
                     varint_type_names(process.image().version())};
  auto found = runtime_type(memory, types, descriptor);
  if (!found) return {};
  DynamicType out{found->name, nullptr, found->direct};
  if (const DwarfInfo* dwarf = process.image().dwarf()) {
    if (auto type = dwarf->type_of_descriptor(descriptor.value - types.section.lo.value)) out.type = *type;
  }
  if (!out.type) out.type = scalar(*found);
  return out;
}

}  // namespace

ValueContext value_context(GoProcess& process, Memory& memory) {
  auto function_name = [&process](LoadAddr at) {
    auto f = process.func(at);
    return f ? std::string(f->name) : std::string();
  };
  auto type = [&process, &memory](LoadAddr at) { return dynamic_type(process, memory, at); };
  return {memory, {}, function_name, type, &process};
}

}  // namespace lldbgo
