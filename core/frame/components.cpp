#include "core/frame/components.h"

#include <algorithm>

namespace lldbgo {
namespace {

constexpr unsigned kMaxDepth = 64;

std::string element_name(const TypePtr& element) {
  return element ? element->name : "";
}

class Splitter {
 public:
  explicit Splitter(std::size_t limit) : limit_(limit) {}

  void split(const TypePtr& type, const std::string& suffix, std::uint64_t offset, unsigned depth) {
    const Type& t = *type;
    if (t.size == 0) return;
    if (out.size() + 4 > limit_ || depth > kMaxDepth) {
      whole(t, suffix, offset, t.size);
      return;
    }
    switch (t.kind) {
      case TypeKind::string:
        part(suffix + ".ptr", offset, "*uint8", true).whole = type;
        part(suffix + ".len", offset + 8, "int", false);
        return;
      case TypeKind::slice:
        part(suffix + ".ptr", offset, t.element ? "*" + t.element->name : "", true).whole = type;
        part(suffix + ".len", offset + 8, "int", false);
        part(suffix + ".cap", offset + 16, "int", false);
        return;
      case TypeKind::interface:
        interface(type, suffix, offset);
        return;
      case TypeKind::complex: {
        std::string half = t.size == 16 ? "float64" : "float32";
        part(suffix + ".real", offset, half, false, t.size / 2).whole = type;
        part(suffix + ".imag", offset + t.size / 2, half, false, t.size / 2);
        return;
      }
      case TypeKind::structure:
        for (const Field& f : t.fields) {
          if (f.type && f.offset <= t.size && f.type->size <= t.size - f.offset) {
            split(f.type, suffix + "." + f.name, offset + f.offset, depth + 1);
          }
        }
        return;
      case TypeKind::array:
        array(t, suffix, offset, depth);
        return;
      default:
        whole(t, suffix, offset, t.size);
    }
  }

  std::vector<Component> out;

 private:
  Component& part(std::string suffix, std::uint64_t offset, std::string type, bool pointer, std::uint64_t size = 8) {
    Component c;
    c.suffix = std::move(suffix);
    c.offset = offset;
    c.size = size;
    c.type = std::move(type);
    c.pointer = pointer;
    c.marked_at = offset;
    out.push_back(std::move(c));
    return out.back();
  }

  void interface(const TypePtr& type, const std::string& suffix, std::uint64_t offset) {
    Component& first = type->empty_interface ? part(suffix + ".type", offset, "*runtime._type", true)
                                             : part(suffix + ".tab", offset, "*runtime.itab", true);
    first.whole = type;
    first.marked_at = offset + 8;
    part(suffix + ".data", offset + 8, "unsafe.Pointer", true);
  }

  void whole(const Type& t, const std::string& suffix, std::uint64_t offset, std::uint64_t size) {
    bool pointer = t.kind == TypeKind::pointer || t.kind == TypeKind::map || t.kind == TypeKind::channel ||
                   t.kind == TypeKind::function || t.kind == TypeKind::unsafe_pointer;
    Component& c = part(suffix, offset, t.name, pointer, size);
    bool scalar = pointer || t.kind == TypeKind::boolean || t.kind == TypeKind::signed_int ||
                  t.kind == TypeKind::unsigned_int || t.kind == TypeKind::floating;
    c.known = scalar;
    if (scalar && size <= 8) c.leaf = &t;
  }

  void array(const Type& t, const std::string& suffix, std::uint64_t offset, unsigned depth) {
    if (!t.element || t.element->size == 0 || t.count > t.size) {
      whole(t, suffix, offset, t.size);
      return;
    }
    std::uint64_t step = t.element->size;
    bool scalar = t.element->kind == TypeKind::boolean || t.element->kind == TypeKind::signed_int ||
                  t.element->kind == TypeKind::unsigned_int || t.element->kind == TypeKind::floating;
    std::uint64_t at_once = scalar && step < 8 && 8 % step == 0 && t.size > 16 ? 8 / step : 1;
    for (std::uint64_t i = 0; i < t.count; i += at_once) {
      std::uint64_t at = i * step;
      if (at >= t.size || step > t.size - at) return;
      if (out.size() + 4 > limit_) {
        Component& rest = part(suffix + "[" + std::to_string(i) + ":]", offset + at, t.name, false, t.size - at);
        rest.known = false;
        return;
      }
      std::uint64_t n = std::min(at_once, t.count - i);
      if (n == 1) {
        std::size_t before = out.size();
        split(t.element, suffix + "[" + std::to_string(i) + "]", offset + at, depth + 1);
        if (out.size() == before) return;  // nothing but padding, in every element
      } else {
        part(suffix + "[" + std::to_string(i) + ":" + std::to_string(i + n) + "]", offset + at, element_name(t.element),
             false, n * step);
      }
    }
  }

  std::size_t limit_;
};

}  // namespace

std::vector<Component> components_of(const TypePtr& type, std::size_t limit) {
  if (!type) return {};
  Splitter splitter(std::max<std::size_t>(limit, 8));
  splitter.split(type, "", 0, 0);
  // Fields come in order of their offsets in DWARF; a file that says otherwise loses the overlapping ones.
  auto& out = splitter.out;
  std::stable_sort(out.begin(), out.end(), [](const Component& a, const Component& b) { return a.offset < b.offset; });
  std::uint64_t end = 0;
  std::erase_if(out, [&](const Component& c) {
    if (c.offset < end) return true;
    end = c.offset + c.size;
    return false;
  });
  return std::move(out);
}

}  // namespace lldbgo
