// runtime/runtime2.go: an eface is {_type, data}, an iface {tab, data} with tab._type at 8 (runtime.itab until 1.22,
// internal/abi.ITab since). A value of the shape of one pointer is the data word itself; any other value lies where the
// word points.
#include "core/values/interface.h"

#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kDataOffset = 8, kItabType = 8;

}  // namespace

Result<std::optional<DynamicValue>> dynamic_value(const ValueContext& context, const GoValue& interface) {
  auto tab = word_of(context.memory, interface, 0, 8), data = word_of(context.memory, interface, kDataOffset, 8);
  if (!tab) return pass(tab);
  if (!data) return pass(data);
  if (*tab == 0) return std::nullopt;
  LoadAddr descriptor(*tab);
  if (!interface.type->empty_interface) {
    auto type = context.memory.pointer(descriptor + kItabType);
    if (!type) return unreadable(descriptor);
    descriptor = *type;
  }
  auto found = context.runtime_type ? context.runtime_type(descriptor) : Result<RuntimeType>(fail(Errc::not_found, ""));
  if (!found) {
    if (found.error().code == Errc::unreadable) return unreadable(descriptor);
    // No interface has such a word: the variable is dead here, or was overwritten.
    if (!may_be_descriptor(context.memory, descriptor))
      return fail(Errc::malformed, "no type at " + hex(descriptor.value));
    auto unknown = std::make_shared<Type>();
    unknown->name = "<type at " + hex(descriptor.value) + ">";
    found = RuntimeType{unknown->name, unknown, false};
  }
  GoValue value =
      found->direct ? part_of(interface, kDataOffset, found->type) : GoValue{found->type, LoadAddr(*data), {}};
  return DynamicValue{std::move(found->name), std::move(value)};
}

}  // namespace lldbgo
