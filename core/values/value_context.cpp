#include "core/values/value_context.h"

#include "core/gofacts/pclntab_facts.h"

namespace lldbgo {
namespace {

RuntimeTypes runtime_types(const GoProcess& process) {
  const GoImage& image = process.image();
  const Range<FileAddr>& types = image.moduledata().types;
  auto described = [dwarf = image.dwarf()](std::uint64_t offset) -> TypePtr {
    auto type = dwarf != nullptr ? dwarf->type_of_descriptor(offset) : Result<TypePtr>(fail(Errc::not_found, ""));
    return type ? *type : nullptr;
  };
  return {{process.to_load(types.lo), process.to_load(types.hi)},
          varint_type_names(image.version()),
          shifted_field_offsets(image.version()),
          described};
}

}  // namespace

ValueContext value_context(GoProcess& process, Memory& memory) {
  auto function_name = [&process](LoadAddr at) {
    auto f = process.func(at);
    return f ? std::string(f->name) : std::string();
  };
  auto runtime_type = [&process, &memory](LoadAddr at) {
    RuntimeTypes types = runtime_types(process);
    return RuntimeTypeReader(memory, types).read(at);
  };
  return {memory, {}, function_name, runtime_type, &process};
}

TypePtr target_type(const ValueContext& context, const Type& type) {
  if (type.element) return type.element;
  if (context.process == nullptr) return nullptr;
  if (context.dwarf() != nullptr && type.die_offset != 0) {
    if (auto found = context.dwarf()->pointee(type)) return *found;
  }
  if (type.descriptor == 0 || (type.kind != TypeKind::pointer && type.kind != TypeKind::slice)) return nullptr;
  RuntimeTypes types = runtime_types(*context.process);
  auto found = RuntimeTypeReader(context.memory, types).target(types.section.lo + type.descriptor);
  return found ? *found : nullptr;
}

}  // namespace lldbgo
