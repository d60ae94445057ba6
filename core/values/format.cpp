#include "core/values/format.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/values/channel.h"
#include "core/values/func_value.h"
#include "core/values/interface.h"
#include "core/values/known_types.h"
#include "core/values/numbers.h"

namespace lldbgo {
namespace {

constexpr std::size_t kMaxName = 200;
constexpr std::string_view kUnknownLayout = "<unavailable: type of unknown layout>";

bool is_literal(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean:
    case TypeKind::signed_int:
    case TypeKind::unsigned_int:
    case TypeKind::floating:
    case TypeKind::complex:
    case TypeKind::string:
    case TypeKind::pointer:
    case TypeKind::unsafe_pointer:
      return true;
    default:
      return false;
  }
}

class Formatter {
 public:
  Formatter(const ValueContext& context, const ValueLimits& limits, bool brief)
      : context_(context), limits_(limits), brief_(brief) {}

  std::string text(const GoValue& whole, unsigned depth) {
    auto known = known_text(context_, whole);
    if (!known) return placeholder(known.error());
    if (*known) return **known;
    GoValue value = unwrapped(context_, whole);
    switch (value.type->kind) {
      case TypeKind::slice:
        return slice(value);
      case TypeKind::array:
        return array(value, depth);
      case TypeKind::structure:
        return structure(value, depth);
      case TypeKind::map:
        return map(value);
      case TypeKind::channel:
        return channel(value);
      case TypeKind::function:
        return function(value);
      case TypeKind::interface:
        return interface(value, depth);
      default:
        return literal(value);
    }
  }

  std::string literal(const GoValue& value) {
    const Type& type = *value.type;
    switch (type.kind) {
      case TypeKind::boolean:
        return scalar(value, [](std::uint64_t v, std::size_t) {
          return v == 0 ? std::string("false") : v == 1 ? std::string("true") : fmt::format("true ({:#x})", v);
        });
      case TypeKind::signed_int:
        return scalar(value, format_signed);
      case TypeKind::unsigned_int:
        return scalar(value, format_unsigned);
      case TypeKind::floating:
        if (type.size != 4 && type.size != 8) break;
        return scalar(value, format_float);
      case TypeKind::complex:
        return complex(value);
      case TypeKind::string:
        return string(value);
      case TypeKind::pointer:
      case TypeKind::unsafe_pointer:
        return scalar(value, [](std::uint64_t v, std::size_t) { return v == 0 ? std::string("nil") : hex(v); });
      default:
        break;
    }
    return std::string(kUnknownLayout);
  }

 private:
  template <class Print>
  std::string scalar(const GoValue& value, Print print) {
    auto word = word_of(context_.memory, value);
    return word ? print(*word, value.type->size) : placeholder(word.error());
  }

  std::string complex(const GoValue& value) {
    std::size_t half = value.type->size / 2;
    if (half != 4 && half != 8) return std::string(kUnknownLayout);
    auto real = word_of(context_.memory, value, 0, half), imag = word_of(context_.memory, value, half, half);
    if (!real || !imag) return placeholder((real ? imag : real).error());
    std::string i = format_float(*imag, half);
    if (i[0] != '-' && i[0] != '+') i.insert(i.begin(), '+');
    return fmt::format("({}{}i)", format_float(*real, half), i);
  }

  std::string string(const GoValue& value) {
    auto content = string_of(context_.memory, value, limits_.string_bytes);
    return content ? go_quote(content->bytes, content->cut) : placeholder(content.error());
  }

  std::string counted(const GoValue& value, std::uint64_t length, std::optional<std::uint64_t> capacity) {
    auto len = static_cast<std::int64_t>(length);
    if (brief_) return fmt::format("{} len {}", printable(value.type->name, kMaxName), len);
    if (!capacity) return fmt::format("len={}", len);
    return fmt::format("len={} cap={}", len, static_cast<std::int64_t>(*capacity));
  }

  std::string slice(const GoValue& value) {
    auto length = word_of(context_.memory, value, 8, 8);
    if (!length) return placeholder(length.error());
    if (brief_) return counted(value, *length, {});
    auto capacity = word_of(context_.memory, value, 16, 8);
    if (!capacity) return placeholder(capacity.error());
    std::string text = counted(value, *length, *capacity);
    bool possible = static_cast<std::int64_t>(*length) <= static_cast<std::int64_t>(*capacity);
    return possible ? text : "<unavailable: no slice has " + text + ">";
  }

  // runtime.hmap and internal/runtime/maps.Map begin with the number of entries.
  std::string map(const GoValue& value) {
    auto pointer = word_of(context_.memory, value);
    if (!pointer) return placeholder(pointer.error());
    if (*pointer == 0) return "nil";
    auto count = word_at(context_.memory, LoadAddr(*pointer));
    return count ? counted(value, *count, {}) : placeholder(count.error());
  }

  std::string channel(const GoValue& value) {
    auto channel = channel_of(context_, value);
    if (!channel) return placeholder(channel.error());
    return *channel ? counted(value, (*channel)->length, (*channel)->capacity) : "nil";
  }

  std::string function(const GoValue& value) {
    auto name = func_name(context_, value);
    if (!name) return placeholder(name.error());
    return name->empty() ? "nil" : printable(*name, kMaxName);
  }

  std::string array(const GoValue& value, unsigned depth) {
    const Type& type = *value.type;
    if (!type.element) return std::string(kUnknownLayout);
    if (depth >= limits_.depth && type.count != 0) return "{...}";
    std::string out = "{";
    for (std::uint64_t i = 0; i < type.count; ++i) {
      if (i != 0) out += ", ";
      if (i >= limits_.elements || out.size() > limits_.text) return out + "...}";
      out += text(part_of(value, i * type.element->size, type.element), depth + 1);
    }
    return out + "}";
  }

  std::string structure(const GoValue& value, unsigned depth) {
    const Type& type = *value.type;
    if (depth >= limits_.depth && !type.fields.empty()) return "{...}";
    std::string out = "{";
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      if (i != 0) out += ", ";
      if (i >= limits_.elements || out.size() > limits_.text) return out + "...}";
      const Field& f = type.fields[i];
      out += printable(f.name, kMaxName) + ": " + text(part_of(value, f.offset, f.type), depth + 1);
    }
    return out + "}";
  }

  std::string interface(const GoValue& value, unsigned depth) {
    auto dynamic = dynamic_value(context_, value);
    if (!dynamic) return placeholder(dynamic.error());
    if (!*dynamic) return "nil";
    const GoValue& inner = (*dynamic)->value;
    std::string name = printable((*dynamic)->type_name, kMaxName);
    bool shown =
        is_literal(inner.type->kind) || (!brief_ && depth < limits_.depth && inner.type->kind != TypeKind::unknown);
    return name + " " + (shown ? text(inner, depth + 1) : "{...}");
  }

  const ValueContext& context_;
  const ValueLimits& limits_;
  bool brief_;
};

std::string bounded(std::string text, std::size_t limit) {
  return text.size() > limit ? printable(text, limit) : text;
}

GoValue gathered(const Type& type, const ValueBytes& bytes) {
  return {TypePtr(TypePtr(), &type), {}, bytes};  // a reference: it is used during one call
}

}  // namespace

std::string format_value(const ValueContext& context, const GoValue& value) {
  return bounded(Formatter(context, context.limits, false).text(value, 0), context.limits.text);
}

std::string format_value(const ValueContext& context, const Type& type, const ValueBytes& bytes) {
  return format_value(context, gathered(type, bytes));
}

std::string format_brief(const ValueContext& context, const Type& type, const ValueBytes& bytes) {
  ValueLimits limits = context.limits;
  limits.string_bytes = std::min<std::size_t>(limits.string_bytes, 32);
  limits.elements = std::min<std::size_t>(limits.elements, 4);
  limits.depth = std::min(limits.depth, 2u);
  limits.text = std::min<std::size_t>(limits.text, 200);
  return bounded(Formatter(context, limits, true).text(gathered(type, bytes), 0), limits.text);
}

std::optional<std::string> format_literal(const ValueContext& context, const GoValue& value) {
  if (!is_literal(value.type->kind)) return {};
  std::string text = Formatter(context, context.limits, false).literal(value);
  return text.starts_with('<') ? std::nullopt : std::optional(bounded(std::move(text), context.limits.text));
}

}  // namespace lldbgo
