// Go's calling conventions (cmd/compile/abi-internal.md, cmd/compile/internal/abi/abiutils.go, Go 1.17 - 1.27).
//
// ABIInternal gives every value, receiver first, either registers for all of its parts or a place on the stack:
//   * integers and pointers: AX BX CX DI SI R8 R9 R10 R11; floats: X0 .. X14; one register for each leaf, none shared;
//   * a value that does not fit in what is left, or that contains an array of two or more, goes to the stack whole, and
//     the registers it would have used stay free for the next value;
//   * a value of size 0 is on the stack.
// Results start again with all registers free. Stack values lie above fp in order: arguments, results, then the spill
// area with a slot for each register-assigned argument (not for results), each of these three aligned to 8.
//
// ABI0 is the same without any registers, hence without a spill area.
#include "core/frame/abi_assign.h"

#include <iterator>

namespace lldbgo {
namespace {

constexpr Reg kIntegerRegisters[] = {Reg::rax, Reg::rbx, Reg::rcx, Reg::rdi, Reg::rsi,
                                     Reg::r8,  Reg::r9,  Reg::r10, Reg::r11};
constexpr unsigned kIntegers = std::size(kIntegerRegisters);
constexpr unsigned kFloats = 15;
constexpr std::uint64_t kMaxValueSize = std::uint64_t{1} << 30;
constexpr unsigned kMaxDepth = 64;

struct Used {
  unsigned integers = 0, floats = 0;
};

enum class Fit { yes, no, unknown_type };

class RegisterAssigner {
 public:
  /// Appends the registers of `type`; on any answer but `yes` the words and `used` are half done and to be thrown away.
  Fit assign(const Type& type, std::uint64_t offset, Used& used, std::vector<AbiWord>& words, unsigned depth = 0) {
    if (depth > kMaxDepth) return Fit::unknown_type;
    if (type.size == 0) return Fit::yes;
    switch (type.kind) {
      case TypeKind::boolean:
      case TypeKind::signed_int:
      case TypeKind::unsigned_int:
      case TypeKind::pointer:
      case TypeKind::map:
      case TypeKind::channel:
      case TypeKind::function:
      case TypeKind::unsafe_pointer:
        return integer(offset, type.size, used, words);
      case TypeKind::floating:
        return floating(offset, type.size, used, words);
      case TypeKind::complex: {
        Fit real = floating(offset, type.size / 2, used, words);
        return real == Fit::yes ? floating(offset + type.size / 2, type.size / 2, used, words) : real;
      }
      case TypeKind::string:
      case TypeKind::interface:
        return integers(2, offset, used, words);
      case TypeKind::slice:
        return integers(3, offset, used, words);
      case TypeKind::array:
        if (type.count == 0) return Fit::yes;
        if (type.count > 1) return Fit::no;
        return type.element ? assign(*type.element, offset, used, words, depth + 1) : Fit::unknown_type;
      case TypeKind::structure:
        for (const Field& field : type.fields) {
          if (!field.type) return Fit::unknown_type;
          Fit fit = assign(*field.type, offset + field.offset, used, words, depth + 1);
          if (fit != Fit::yes) return fit;
        }
        return Fit::yes;
      case TypeKind::unknown:
        return Fit::unknown_type;
    }
    return Fit::unknown_type;
  }

 private:
  static Fit integer(std::uint64_t offset, std::uint64_t size, Used& used, std::vector<AbiWord>& words) {
    if (used.integers == kIntegers) return Fit::no;
    words.push_back({{false, static_cast<unsigned>(kIntegerRegisters[used.integers++])}, offset, size});
    return Fit::yes;
  }
  static Fit integers(unsigned n, std::uint64_t offset, Used& used, std::vector<AbiWord>& words) {
    for (unsigned i = 0; i < n; ++i) {
      if (integer(offset + 8 * i, 8, used, words) == Fit::no) return Fit::no;
    }
    return Fit::yes;
  }
  static Fit floating(std::uint64_t offset, std::uint64_t size, Used& used, std::vector<AbiWord>& words) {
    if (used.floats == kFloats) return Fit::no;
    words.push_back({{true, used.floats++}, offset, size});
    return Fit::yes;
  }
};

std::int64_t align_up(std::int64_t n, std::uint64_t alignment) {
  auto a = static_cast<std::int64_t>(alignment == 0 || alignment > 64 ? 8 : alignment);
  return (n + a - 1) / a * a;
}

}  // namespace

Result<AbiLayout> assign_abi(std::span<const AbiInput> inputs, bool registers) {
  AbiLayout out;
  out.places.resize(inputs.size());
  std::int64_t stack = 0;
  for (bool results : {false, true}) {
    Used used;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].result != results) continue;
      if (!inputs[i].type) return fail(Errc::unsupported, "calling convention: an argument has no type");
      const Type& type = *inputs[i].type;
      if (type.size > kMaxValueSize)
        return fail(Errc::limit, "calling convention: an argument of " + std::to_string(type.size) + " bytes");
      AbiPlace& place = out.places[i];
      if (registers && type.size != 0) {
        Used after = used;
        Fit fit = RegisterAssigner().assign(type, 0, after, place.words);
        if (fit == Fit::unknown_type)
          return fail(Errc::unsupported, "calling convention: the layout of an argument's type is unknown");
        if (fit == Fit::yes && !place.words.empty()) {
          used = after;
          continue;
        }
        place.words.clear();
      }
      stack = align_up(stack, type.align);
      place.offset_fp = stack;
      stack += static_cast<std::int64_t>(type.size);
    }
    stack = align_up(stack, 8);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!out.places[i].in_registers() || inputs[i].result) continue;
    stack = align_up(stack, inputs[i].type->align);
    out.places[i].offset_fp = stack;
    stack += static_cast<std::int64_t>(inputs[i].type->size);
  }
  out.size = align_up(stack, 8);
  return out;
}

}  // namespace lldbgo
