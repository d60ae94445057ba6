#include "core/values/children.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/base/text.h"
#include "core/values/channel.h"
#include "core/values/format.h"
#include "core/values/func_value.h"
#include "core/values/interface.h"
#include "core/values/known_types.h"
#include "core/values/map_entries.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kMaxElements = 1 << 24;  // they cost nothing until they are asked for
constexpr std::size_t kMaxEntries = 1 << 16;     // these are walked
constexpr std::size_t kMaxScanned = 1 << 16;
constexpr unsigned kMaxInterfaces = 8;  // one in the other
constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 47;

std::string indexed(std::size_t i) {
  return fmt::format("[{}]", i);
}

Children failed(std::string problem) {
  Children out;
  out.problem = std::move(problem);
  return out;
}

Children sequence(GoValue first, std::uint64_t count, TypePtr element) {
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(count, element->size, &bytes) || bytes > kMaxBytes)
    return failed(fmt::format("length {} is impossible", static_cast<std::int64_t>(count)));
  Children out(std::min(count, kMaxElements), [first, element](std::size_t i) {
    return Child{indexed(i), part_of(first, i * element->size, element), {}};
  });
  if (count > kMaxElements)
    out.problem = fmt::format("only the first {} of {} elements are listed", kMaxElements, count);
  return out;
}

Children array(const GoValue& value) {
  return value.type->element ? sequence(value, value.type->count, value.type->element) : Children();
}

Children slice(const ValueContext& context, const GoValue& value) {
  auto data = word_of(context.memory, value, 0, 8), length = word_of(context.memory, value, 8, 8);
  TypePtr element = target_type(context, *value.type);
  if (!data || !length || !element) return {};
  auto capacity = word_of(context.memory, value, 16, 8);
  if (capacity && static_cast<std::int64_t>(*capacity) < static_cast<std::int64_t>(*length)) return {};
  return sequence({element, LoadAddr(*data), {}}, *length, element);
}

Children structure(const GoValue& value) {
  return {value.type->fields.size(), [value](std::size_t i) {
            const Field& f = value.type->fields[i];
            return Child{printable(f.name), part_of(value, f.offset, f.type), {}};
          }};
}

Children pointer(const ValueContext& context, const GoValue& value) {
  auto at = word_of(context.memory, value);
  TypePtr target = target_type(context, *value.type);
  if (!at || *at == 0 || !target) return {};
  return {1, [target, at = LoadAddr(*at)](std::size_t) { return Child{"*", {target, at, {}}, {}}; }};
}

Children map(const ValueContext& context, const GoValue& value) {
  auto at = word_of(context.memory, value);
  if (!at || *at == 0 || context.dwarf() == nullptr) return {};
  auto layout = map_layout(*context.dwarf(), *value.type);
  if (!layout) return failed(layout.error().text());
  MapEntries found = map_entries(context.memory, *layout, LoadAddr(*at), kMaxEntries);
  auto entries = std::make_shared<const std::vector<MapEntry>>(std::move(found.entries));
  Children out(entries->size(), [&context, key = layout->key, element = layout->element, entries](std::size_t i) {
    GoValue k{key, (*entries)[i].key, {}}, e{element, (*entries)[i].element, {}};
    auto literal = format_literal(context, k);
    return literal ? Child{"[" + *literal + "]", std::move(e), {}} : Child{indexed(i), std::move(e), std::move(k)};
  });
  out.problem = std::move(found.problem);
  return out;
}

Children channel(const ValueContext& context, const GoValue& value) {
  auto found = channel_of(context, value);
  if (!found || !*found || !(*found)->element) return {};
  return {std::min((*found)->length, kMaxElements), [c = **found](std::size_t i) {
            return Child{indexed(i), {c.element, c.at(i), {}}, {}};
          }};
}

Children closure(const ValueContext& context, const GoValue& value) {
  auto captures = captures_of(context, value);
  std::size_t size = captures.size();
  return {size, [captures = std::move(captures)](std::size_t i) {
            return Child{printable(captures[i].name), captures[i].value, {}};
          }};
}

}  // namespace

std::optional<std::size_t> Children::index_of(std::string_view name) const {
  std::size_t index = 0;
  if (name.starts_with('[') && std::from_chars(name.data() + 1, name.data() + name.size(), index).ec == std::errc() &&
      index < size_ && at(index).name == name)
    return index;
  for (std::size_t i = 0; i < std::min(size_, kMaxScanned); ++i)
    if (at(i).name == name) return i;
  return {};
}

Children children_of(const ValueContext& context, const GoValue& whole, unsigned depth) {
  if (depth >= kDeepest) return {};
  GoValue value = unwrapped(context, whole);
  for (unsigned i = 0; value.type->kind == TypeKind::interface; ++i) {
    auto dynamic = dynamic_value(context, value);
    if (!dynamic || !*dynamic || i >= kMaxInterfaces) return {};
    value = unwrapped(context, (*dynamic)->value);
  }
  if (value.type->kind == TypeKind::pointer && whole.type->kind != TypeKind::pointer && depth >= kFollowed)
    return {1, [value](std::size_t) { return Child{"data", value, {}}; }};
  switch (value.type->kind) {
    case TypeKind::structure:
      return structure(value);
    case TypeKind::array:
      return array(value);
    case TypeKind::slice:
      return slice(context, value);
    case TypeKind::pointer:
      return pointer(context, value);
    case TypeKind::map:
      return map(context, value);
    case TypeKind::channel:
      return channel(context, value);
    case TypeKind::function:
      return closure(context, value);
    default:
      return {};
  }
}

}  // namespace lldbgo
