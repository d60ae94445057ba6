// Three sources: the shape of the instructions (core/insn/code_marks), the names of what they call, and the line
// table's PCDATA, whose values change at an instruction: where the goroutine may not be preempted
// (cmd/compile/internal/liveness IsUnsafe), which words hold pointers (plive.go), which bounds check failed
// (internal/abi/bounds.go, Go 1.26).
#include "core/frame/code_notes.h"

#include <fmt/format.h>

#include <array>
#include <bit>

#include "core/base/text.h"
#include "core/insn/code_marks.h"
#include "core/insn/duff_routine.h"

namespace lldbgo {
namespace {

using Kind = CodeMark::Kind;

constexpr std::uint64_t kSmallFrame = 128;

struct CheckName {
  std::string_view function, what;
};
// runtime/panic.go; the same functions are called panicIndexU and so on where the index is unsigned.
constexpr CheckName kChecks[] = {
    {"runtime.panicIndex", "index out of range"},
    {"runtime.panicSliceAlen", "slice bound beyond length"},
    {"runtime.panicSliceAcap", "slice bound beyond capacity"},
    {"runtime.panicSliceB", "slice bounds in wrong order"},
    {"runtime.panicSlice3Alen", "slice bound beyond length"},
    {"runtime.panicSlice3Acap", "slice bound beyond capacity"},
    {"runtime.panicSlice3B", "slice bounds in wrong order"},
    {"runtime.panicSlice3C", "slice bounds in wrong order"},
    {"runtime.panicSliceConvert", "slice too short for the array"},
};
constexpr std::array<std::string_view, 9> kBoundsCodes = {
    "index out of range",          "slice bound beyond length",   "slice bound beyond capacity",
    "slice bounds in wrong order", "slice bound beyond length",   "slice bound beyond capacity",
    "slice bounds in wrong order", "slice bounds in wrong order", "slice too short for the array"};

class Notes {
 public:
  Notes(const GoImage& image, const Func& f, Bytes code, const OperandPlaces& places)
      : image_(image), table_(image.pclntab()), f_(f), code_(code), places_(places) {}

  std::map<std::uint64_t, std::string> run() {
    wrapper();
    for (const CodeMark& mark : code_marks(code_)) note(mark);
    unsafe_points();
    pointer_maps();
    return std::move(notes_);
  }

 private:
  void add(std::uint64_t offset, std::string_view text) {
    std::string& note = notes_[offset];
    if (!note.empty()) note += "; ";
    note += text;
  }

  void wrapper() {
    if (f_.id != FuncId::wrapper) return;
    auto abi0 = is_abi0(image_, f_);
    std::size_t bodies = table_.named(f_.name).size();
    if (bodies < 2 || !image_.register_abi()) return;
    add(0, !abi0   ? "ABI wrapper"
           : *abi0 ? "ABI wrapper: called as ABI0, calls the ABIInternal body"
                   : "ABI wrapper: called as ABIInternal, calls the ABI0 body");
  }

  static std::string reg(const CodeMark& mark) {
    if (mark.reg) return go_reg_name(*mark.reg);
    return mark.vector ? fmt::format("X{}", *mark.vector) : "a register";
  }

  void note(const CodeMark& mark) {
    switch (mark.kind) {
      case Kind::load_g:
        return add(mark.offset, "loads g into " + reg(mark));
      case Kind::check_small:
        return add(mark.offset, "stack check: small frame, up to 128 bytes");
      case Kind::check_medium:
        return add(mark.offset, fmt::format("stack check: medium frame, {} bytes", mark.value + kSmallFrame));
      case Kind::check_large:
        return add(mark.offset, fmt::format("stack check: large frame, {} bytes", mark.value + kSmallFrame));
      case Kind::check_jump:
        return add(mark.offset, "to morestack if too small");
      case Kind::save_bp:
        return add(mark.offset, "prologue: saves the caller's BP");
      case Kind::set_bp:
        return add(mark.offset, "prologue: BP to where that is saved");
      case Kind::allocate:
        return add(mark.offset, fmt::format("prologue: frame of {} bytes", mark.value));
      case Kind::restore_bp:
        return add(mark.offset, "epilogue: the caller's BP back");
      case Kind::release:
        return add(mark.offset, fmt::format("epilogue: frees {} bytes", mark.value));
      case Kind::spill:
        return add(mark.offset, "saves argument " + reg(mark) + " from morestack");
      case Kind::reload:
        return add(mark.offset, "argument " + reg(mark) + " back after morestack");
      case Kind::grow:
        return add(mark.offset, "grows the stack");
      case Kind::retry:
        return add(mark.offset, "starts again on the new stack");
      case Kind::nil_check:
        return add(mark.offset, "nil check of " + reg(mark));
      case Kind::call:
      case Kind::jump:
        if (mark.target) called(mark);
        return;
    }
  }

  void called(const CodeMark& mark) {
    FileAddr target = f_.entry + *mark.target;
    auto callee = table_.find(target);
    if (!callee) return;
    std::uint64_t inside = static_cast<std::uint64_t>(target - callee->entry);
    std::string_view name = callee->name;
    if (name == "runtime.duffzero" || name == "runtime.duffcopy") return duff(mark, *callee, inside);
    if (inside != 0) return;
    if (name.starts_with("runtime.gcWriteBarrier") || name.starts_with("gcWriteBarrier")) {
      return add(mark.offset, "write barrier: " + printable(name, 100));
    }
    constexpr std::string_view kRetpoline = "runtime.retpoline";
    if (name.starts_with(kRetpoline)) {
      return add(mark.offset, "retpoline: goes where " + printable(name.substr(kRetpoline.size()), 8) + " points");
    }
    if (name == "runtime.panicBounds") return bounds(mark.offset);
    if (name == "runtime.panicdivide") return add(mark.offset, "check failed: division by zero");
    if (name == "runtime.panicshift") return add(mark.offset, "check failed: negative shift");
    if (name.ends_with('U')) name.remove_suffix(1);
    for (const CheckName& check : kChecks) {
      if (check.function == name) return add(mark.offset, fmt::format("bounds check failed: {}", check.what));
    }
  }

  void duff(const CodeMark& mark, const Func& routine, std::uint64_t inside) {
    bool zero = routine.name == "runtime.duffzero";
    std::optional<DuffRoutine>& decoded = duff_[zero ? 0 : 1];
    if (!decoded) {
      decoded = decode_duff_routine(image_.elf().bytes_from(routine.entry, routine.end.value - routine.entry.value));
    }
    const DuffEntry* entry = decoded ? decoded->entry(inside) : nullptr;
    std::string what = fmt::format("{}+{:#x}", zero ? "duffzero" : "duffcopy", inside);
    if (entry != nullptr) what += fmt::format(": {} {} bytes", zero ? "zeroes" : "copies", entry->bytes);
    add(mark.offset, what);
  }

  void bounds(std::uint64_t offset) {
    auto value = pcdata(table_.layout().pcdata.panic_bounds, offset);
    if (!value || *value < 0) return add(offset, "bounds check failed");
    add(offset, fmt::format("bounds check failed: {}", kBoundsCodes[static_cast<std::size_t>(*value) % 9]));
  }

  std::optional<std::int32_t> pcdata(int index, std::uint64_t offset) const {
    if (index < 0) return std::nullopt;
    auto value = table_.pcdata(f_, index, f_.entry + offset);
    return value ? std::optional(*value) : std::nullopt;
  }

  // Calls `changed(offset, from, to)` where the value of a PCDATA table changes.
  template <class Changed>
  void each_change(int index, Changed changed) const {
    if (index < 0) return;
    auto ranges = table_.pcdata_ranges(f_, index);
    if (!ranges) return;
    std::int32_t last = -1;
    for (const PcdataRange& range : *ranges) {
      std::uint64_t offset = static_cast<std::uint64_t>(range.pcs.lo - f_.entry);
      if (range.value != last && offset < code_.size()) changed(offset, last, range.value);
      last = range.value;
    }
  }

  void unsafe_points() {
    each_change(table_.layout().pcdata.unsafe_point, [&](std::uint64_t offset, std::int32_t, std::int32_t to) {
      switch (to) {
        case -1:
          return add(offset, "safe point");
        case -2:
          return add(offset, "unsafe point");
        case -3:
        case -4:
          return add(offset, "restarts here if preempted");
        case -5:
          return add(offset, "restarts at the entry if preempted");
        default:
          return;
      }
    });
  }

  // A map holds at calls only, and each says which words are pointers then.
  void pointer_maps() {
    std::int64_t varp = table_.varp(f_);
    std::optional<PointerMap> args, locals;
    each_change(table_.layout().pcdata.stack_map, [&](std::uint64_t offset, std::int32_t from, std::int32_t to) {
      std::string text;
      if (auto map = table_.args_map(f_, from)) args = std::move(*map);
      if (auto map = table_.locals_map(f_, from)) locals = std::move(*map);
      auto new_args = table_.args_map(f_, to), new_locals = table_.locals_map(f_, to);
      if (new_args && *new_args) compare(args, **new_args, 0, offset, text);
      if (new_locals && *new_locals) {
        compare(locals, **new_locals, varp - std::int64_t{(*new_locals)->words} * 8, offset, text);
      }
      if (!text.empty()) add(offset, "pointers:" + text);
    });
  }

  void compare(const std::optional<PointerMap>& before, const PointerMap& after, std::int64_t base,
               std::uint64_t offset, std::string& text) {
    constexpr int kMost = 6;
    int changes = 0;
    std::string_view last;
    map_words_left_ -= after.words;
    if (map_words_left_ < 0) return;
    for (std::int32_t word = 0; word < after.words && changes <= kMost; ++word) {
      bool was = before && word < before->words && before->pointer(word), is = after.pointer(word);
      if (was == is || ++changes > kMost) continue;
      std::int64_t at = base + std::int64_t{word} * 8;
      FileAddr pc = f_.entry + offset;
      std::string_view name = places_.name(at, pc, pc + 1);
      if (!name.empty() && name == last) continue;
      last = name;
      text += is ? " +" : " -";
      text += name.empty() ? fmt::format("FP{:+d}", at) : std::string(name);
    }
    if (changes > kMost) text += " ...";
  }

  const GoImage& image_;
  const Pclntab& table_;
  const Func& f_;
  Bytes code_;
  const OperandPlaces& places_;
  std::map<std::uint64_t, std::string> notes_;
  std::array<std::optional<DuffRoutine>, 2> duff_;  // duffzero and duffcopy, decoded when one is called
  std::int64_t map_words_left_ = 1 << 22;           // a damaged function may have absurdly many
};

}  // namespace

std::optional<bool> is_abi0(const GoImage& image, const Func& f) {
  if (!image.register_abi()) return std::nullopt;
  if (!f.flags.assembly && f.id != FuncId::wrapper) return false;
  if (image.stripped()) return std::nullopt;
  auto abi0 = image.elf().symbol(std::string(f.name) + ".abi0");
  if (abi0 && abi0->address == f.entry) return true;
  auto plain = image.elf().symbol(f.name);
  if (plain && plain->address == f.entry) return false;
  return std::nullopt;
}

std::map<std::uint64_t, std::string> code_notes(const GoImage& image, const Func& f, Bytes code,
                                                const OperandPlaces& places) {
  return Notes(image, f, code, places).run();
}

}  // namespace lldbgo
