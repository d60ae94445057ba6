#include "core/values/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/base/text.h"
#include "core/values/numbers.h"

namespace lldbgo {
namespace {

std::string unreadable(std::uint64_t at) {
  return "<unreadable: " + hex(at) + ">";
}

class Formatter {
 public:
  Formatter(const ValueContext& context, const ValueLimits& limits, const ValueBytes& bytes, bool brief)
      : context_(context), limits_(limits), bytes_(bytes), brief_(brief) {}

  std::string text(const Type& t, std::size_t at, unsigned depth) {
    switch (t.kind) {
      case TypeKind::boolean:
        return scalar(at, t.size, [](std::uint64_t v, std::size_t) {
          return v == 0 ? std::string("false") : v == 1 ? std::string("true") : fmt::format("true ({:#x})", v);
        });
      case TypeKind::signed_int:
        return scalar(at, t.size, format_signed);
      case TypeKind::unsigned_int:
        return scalar(at, t.size, format_unsigned);
      case TypeKind::floating:
        if (t.size != 4 && t.size != 8) break;
        return scalar(at, t.size, format_float);
      case TypeKind::complex:
        return complex(t, at);
      case TypeKind::string:
        return string(at);
      case TypeKind::slice:
        return slice(t, at);
      case TypeKind::array:
        return array(t, at, depth);
      case TypeKind::structure:
        return structure(t, at, depth);
      case TypeKind::pointer:
      case TypeKind::unsafe_pointer:
        return scalar(at, 8, [](std::uint64_t v, std::size_t) { return v == 0 ? std::string("nil") : hex(v); });
      case TypeKind::map:
        return counted(t, at, false);
      case TypeKind::channel:
        return counted(t, at, true);
      case TypeKind::function:
        return function(at);
      case TypeKind::interface:
        return interface(t, at);
      case TypeKind::unknown:
        break;
    }
    return "<unavailable: type of unknown layout>";
  }

 private:
  std::string missing() const {
    return "<unavailable: " + (bytes_.why_missing.empty() ? std::string("not available") : bytes_.why_missing) + ">";
  }

  template <class Print>
  std::string scalar(std::size_t at, std::size_t size, Print print) {
    auto word = bytes_.word(at, size);
    return word ? print(*word, size) : missing();
  }

  std::string complex(const Type& t, std::size_t at) {
    std::size_t half = t.size / 2;
    if (half != 4 && half != 8) return "<unavailable: type of unknown layout>";
    auto real = bytes_.word(at, half), imag = bytes_.word(at + half, half);
    if (!real || !imag) return missing();
    std::string i = format_float(*imag, half);
    if (i[0] != '-' && i[0] != '+') i.insert(i.begin(), '+');
    return fmt::format("({}{}i)", format_float(*real, half), i);
  }

  std::string string(std::size_t at) {
    auto data = bytes_.word(at, 8), length = bytes_.word(at + 8, 8);
    if (!length || (!data && *length != 0)) return missing();
    if (*length == 0) return "\"\"";
    // No Go string is longer than the address space; a length like this is not one.
    if (*length >> 47 != 0)
      return fmt::format("<unavailable: length {} is impossible>", static_cast<std::int64_t>(*length));
    std::vector<std::byte> content(std::min<std::uint64_t>(*length, limits_.string_bytes));
    auto got = context_.memory.read(LoadAddr(*data), content);
    if (!got || *got == 0) return unreadable(*data);
    std::size_t n = std::min(*got, content.size());
    bool cut = n < *length;
    std::string_view view(reinterpret_cast<const char*>(content.data()), n);
    if (cut && n == content.size()) view = without_half_rune(view);
    return go_quote(view, cut);
  }

  /// Cutting must not turn the last character into bytes.
  static std::string_view without_half_rune(std::string_view s) {
    for (std::size_t back = 1; back <= 3 && back <= s.size(); ++back) {
      auto c = static_cast<unsigned char>(s[s.size() - back]);
      if ((c & 0xc0) == 0x80) continue;
      std::size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
      return need > back ? s.substr(0, s.size() - back) : s;
    }
    return s;
  }

  std::string slice(const Type& t, std::size_t at) {
    auto length = bytes_.word(at + 8, 8), capacity = bytes_.word(at + 16, 8);
    if (!length || (!brief_ && !capacity)) return missing();
    auto len = static_cast<std::int64_t>(*length);
    if (brief_) return fmt::format("{} len {}", printable(t.name, 200), len);
    return fmt::format("len={} cap={}", len, static_cast<std::int64_t>(*capacity));
  }

  std::string array(const Type& t, std::size_t at, unsigned depth) {
    if (!t.element) return "<unavailable: type of unknown layout>";
    if (depth >= limits_.depth && t.count != 0) return "{...}";
    std::string out = "{";
    for (std::uint64_t i = 0; i < t.count; ++i) {
      if (i != 0) out += ", ";
      if (i >= limits_.elements || out.size() > limits_.text) return out + "...}";
      out += text(*t.element, at + i * t.element->size, depth + 1);
    }
    return out + "}";
  }

  std::string structure(const Type& t, std::size_t at, unsigned depth) {
    if (depth >= limits_.depth && !t.fields.empty()) return "{...}";
    std::string out = "{";
    for (std::size_t i = 0; i < t.fields.size(); ++i) {
      if (i != 0) out += ", ";
      if (i >= limits_.elements || out.size() > limits_.text) return out + "...}";
      const Field& f = t.fields[i];
      out += printable(f.name, 200) + ": " + (f.type ? text(*f.type, at + f.offset, depth + 1) : missing());
    }
    return out + "}";
  }

  // runtime.hchan begins with qcount and dataqsiz, runtime.hmap and internal/runtime/maps.Map with the number of
  // entries.
  std::string counted(const Type& t, std::size_t at, bool with_capacity) {
    auto pointer = bytes_.word(at, 8);
    if (!pointer) return missing();
    if (*pointer == 0) return "nil";
    auto count = context_.memory.u64(LoadAddr(*pointer));
    if (!count) return unreadable(*pointer);
    auto len = static_cast<std::int64_t>(*count);
    if (brief_) return fmt::format("{} len {}", printable(t.name, 200), len);
    std::string out = fmt::format("len={}", len);
    if (!with_capacity) return out;
    auto capacity = context_.memory.u64(LoadAddr(*pointer) + 8);
    return capacity ? out + fmt::format(" cap={}", static_cast<std::int64_t>(*capacity)) : unreadable(*pointer);
  }

  // A func value points to an object whose first word is the code's address.
  std::string function(std::size_t at) {
    auto closure = bytes_.word(at, 8);
    if (!closure) return missing();
    if (*closure == 0) return "nil";
    auto code = context_.memory.pointer(LoadAddr(*closure));
    if (!code) return unreadable(*closure);
    std::string name = context_.function_name ? context_.function_name(*code) : "";
    return name.empty() ? hex(code->value) : printable(name, 200);
  }

  std::string interface(const Type& t, std::size_t at) {
    auto tab = bytes_.word(at, 8), data = bytes_.word(at + 8, 8);
    if (!tab || !data) return missing();
    if (*tab == 0) return "nil";
    LoadAddr type(*tab);
    if (!t.empty_interface) {
      auto from_itab = context_.memory.pointer(LoadAddr(*tab) + 8);  // runtime.itab._type
      if (!from_itab) return unreadable(*tab);
      type = *from_itab;
    }
    std::string name = context_.type_name ? context_.type_name(type) : "";
    if (name.empty()) name = "<type at " + hex(type.value) + ">";
    // A pointer is its own data word; any other value lies where the word points.
    if (auto basic = basic_value(name, LoadAddr(*data))) return name + " " + *basic;
    return name[0] == '*' ? fmt::format("{} {:#x}", printable(name, 200), *data) : printable(name, 200) + " {...}";
  }

  /// The value of one of Go's predeclared types, which its name alone describes; absent for others.
  std::optional<std::string> basic_value(std::string_view name, LoadAddr at) {
    struct Basic {
      std::string_view name;
      TypeKind kind;
      std::size_t size;
    };
    static constexpr Basic kBasic[] = {
        {"bool", TypeKind::boolean, 1},        {"int", TypeKind::signed_int, 8},
        {"int8", TypeKind::signed_int, 1},     {"int16", TypeKind::signed_int, 2},
        {"int32", TypeKind::signed_int, 4},    {"int64", TypeKind::signed_int, 8},
        {"uint", TypeKind::unsigned_int, 8},   {"uint8", TypeKind::unsigned_int, 1},
        {"uint16", TypeKind::unsigned_int, 2}, {"uint32", TypeKind::unsigned_int, 4},
        {"uint64", TypeKind::unsigned_int, 8}, {"uintptr", TypeKind::unsigned_int, 8},
        {"float32", TypeKind::floating, 4},    {"float64", TypeKind::floating, 8},
        {"string", TypeKind::string, 16},
    };
    for (const Basic& b : kBasic) {
      if (b.name != name) continue;
      auto content = context_.memory.bytes(at, b.size);
      if (!content) return unreadable(at.value);
      ValueBytes bytes(b.size);
      bytes.put(0, *content);
      Type type;
      type.kind = b.kind;
      type.size = b.size;
      return Formatter(context_, limits_, bytes, brief_).text(type, 0, 0);
    }
    return std::nullopt;
  }

  const ValueContext& context_;
  const ValueLimits& limits_;
  const ValueBytes& bytes_;
  bool brief_;
};

std::string bounded(std::string text, std::size_t limit) {
  return text.size() > limit ? printable(text, limit) : text;
}

}  // namespace

std::string format_value(const ValueContext& context, const Type& type, const ValueBytes& bytes) {
  return bounded(Formatter(context, context.limits, bytes, false).text(type, 0, 0), context.limits.text);
}

std::string format_brief(const ValueContext& context, const Type& type, const ValueBytes& bytes) {
  ValueLimits limits = context.limits;
  limits.string_bytes = std::min<std::size_t>(limits.string_bytes, 32);
  limits.elements = std::min<std::size_t>(limits.elements, 4);
  limits.depth = std::min(limits.depth, 2u);
  limits.text = std::min<std::size_t>(limits.text, 200);
  return bounded(Formatter(context, limits, bytes, true).text(type, 0, 0), limits.text);
}

}  // namespace lldbgo
