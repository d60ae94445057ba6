#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>

#include "commands/disasm_view.h"
#include "commands/registry.h"
#include "commands/select.h"
#include "core/base/text.h"
#include "core/frame/code_notes.h"

namespace lldbgo {
namespace {

/// What to show, and where the chosen frame stands in it.
struct Wanted {
  Func func;
  std::optional<FileAddr> from;  ///< the address that was asked for
  std::optional<PhysicalFrame> frame;
};

std::optional<std::uint64_t> number(std::string_view text) {
  int base = text.starts_with("0x") || text.starts_with("0X") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

Result<Wanted> in_frame(Context& context, const Options& options) {
  std::size_t limit = kDefaultFrameLimit;
  if (auto n = options.number("frame")) limit = std::max<std::size_t>(limit, *n + 1);
  auto stack = choose_stack(context, options, limit);
  if (!stack) return pass(stack);
  std::vector<VisibleFrame> visible = visible_frames(*stack, false);
  auto index = choose_frame(context, options, *stack, visible);
  if (!index) return pass(index);
  const PhysicalFrame& frame = stack->frames[visible[*index].physical];
  if (!frame.func) {
    return fail(Errc::unsupported, fmt::format("frame {}: it is not of a Go function", *index),
                "use `disassemble` for C code, or name a Go function");
  }
  GoProcess& process = **context.host().process();
  return Wanted{*frame.func, process.to_file(frame.pc), frame};
}

Result<Wanted> at_address(const GoImage& image, FileAddr at, std::string_view text) {
  auto f = image.pclntab().find(at);
  if (!f) {
    return fail(Errc::not_found, fmt::format("{}: it lies in no Go function", printable(text, 100)),
                "go-disasm wants an address of Go code, or the name of a function");
  }
  return Wanted{*f, at, {}};
}

Result<Wanted> named(Context& context, const GoImage& image, std::string_view name) {
  constexpr std::string_view kAbi0 = ".abi0";
  bool abi0 = name.ends_with(kAbi0);
  std::string_view plain = abi0 ? name.substr(0, name.size() - kAbi0.size()) : name;
  std::vector<Func> found = image.pclntab().named(plain);
  if (abi0) std::erase_if(found, [&](const Func& f) { return is_abi0(image, f) == false; });
  if (found.empty()) {
    return fail(Errc::not_found, fmt::format("function {}: the program has none of that name", printable(name, 200)),
                "names are the linker's, with the package: main.main, net/http.(*conn).serve");
  }
  // An ABI wrapper shares its name with the body, which is what is meant.
  std::size_t pick = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].id != FuncId::wrapper) {
      pick = i;
      break;
    }
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i != pick && found.size() <= 8) {
      context.problem(fmt::format("there is another {} at {}{}", printable(plain, 200), hex(found[i].entry.value),
                                  found[i].id == FuncId::wrapper ? ", an ABI wrapper" : ""));
    }
  }
  return Wanted{found[pick], {}, {}};
}

/// The bytes of the process, else of the file.
std::vector<std::byte> code_of(Context& context, const GoImage& image, const Func& f, std::uint64_t size, Slide slide,
                               bool running) {
  Bytes file = image.elf().bytes_from(f.entry, size);
  std::vector<std::byte> code(file.begin(), file.end());
  if (!running) return code;
  auto live = context.host().code(slide.to_load(f.entry), size);
  if (!live || live->size() != size) return code;
  if (*live != code) context.problem("the code in memory is not the file's: this is the memory's");
  return std::move(*live);
}

/// What the registers in the instruction's text hold, and its word of the frame.
std::string operand_values(GoProcess& process, const PhysicalFrame& frame, const DisassembledInstruction& insn) {
  std::string out;
  auto add = [&](std::string_view what, std::string value) {
    out += fmt::format("{}{}={}", out.empty() ? "" : "  ", what, value);
  };
  std::string_view text = insn.text;
  for (std::size_t i = 0; i < 16; ++i) {
    Reg reg = static_cast<Reg>(i);
    std::string_view name = go_reg_name(reg);
    auto value = frame.registers.get(reg);
    if (!value || reg == Reg::rsp) continue;
    for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
      auto part_of_name = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
      };
      std::size_t end = at + name.size();
      if ((at != 0 && part_of_name(text[at - 1])) || (end < text.size() && part_of_name(text[end]))) continue;
      add(name, hex(*value));
      break;
    }
  }
  if (insn.frame && insn.frame->size <= 8) {
    std::array<std::byte, 8> word{};
    std::span<std::byte> into = std::span(word).first(insn.frame->size);
    if (process.memory().read_exact(frame.fp.offset(insn.frame->offset), into)) {
      add(fmt::format("FP{:+d}", insn.frame->offset), hex(ByteReader(word).u64()));
    }
  }
  return out;
}

Result<Wanted> wanted(Context& context, const GoImage& image, const Options& options, Slide slide) {
  std::string_view what = options.text("FUNCTION|ADDRESS");
  if (what.empty()) return in_frame(context, options);
  if (auto address = number(what)) return at_address(image, slide.to_file(LoadAddr(*address)), what);
  return named(context, image, what);
}

Result<Output> run(Context& context, const Options& options) {
  auto image = context.host().image();
  if (!image) return pass(image);
  auto process = context.host().process();
  Slide slide = process ? (*process)->slide() : Slide{};
  if (!process && options.text("FUNCTION|ADDRESS").empty()) return pass(process);
  auto want = wanted(context, **image, options, slide);
  if (!want) return pass(want);

  const Func& f = want->func;
  std::uint64_t size = code_size(**image, f);
  auto code = code_of(context, **image, f, size, slide, process.has_value());
  auto instructions = disassemble(**image, f, code);
  if (!instructions) return pass(instructions);

  DisasmView view;
  view.function = printable(f.name);
  auto abi0 = is_abi0(**image, f);
  view.about = fmt::format("{}{}", !abi0 ? "" : *abi0 ? "ABI0, " : "ABIInternal, ", (*image)->version().text());
  view.slide = slide;
  if (want->frame) view.current = want->from;
  for (DisassembledInstruction& insn : *instructions) {
    bool before = options.has("count") && want->from && insn.pc + insn.bytes.size() <= *want->from;
    if (before) continue;
    if (auto count = options.number("count"); count && view.instructions.size() >= *count) break;
    if (view.current == insn.pc) view.operands = operand_values(**process, *want->frame, insn);
    view.instructions.push_back(std::move(insn));
  }
  Output out;
  if (context.json()) {
    out.json = disasm_json(view);
  } else {
    out.text = disasm_text(view);
  }
  return out;
}

}  // namespace

const Command& go_disasm_command() {
  static const Command command = {
      "go-disasm",
      "lldb-go/disasm/1",
      "a Go function's instructions, with its variables' names and what they are for",
      "Disassembles the function of the selected frame, or one that is named, or the one that contains an address, in "
      "the "
      "Go assembler's syntax, as `go tool objdump` of Go 1.27 prints it whatever Go built the program. Operands have "
      "the "
      "names of the compiler's -S listing:\n"
      "\n"
      "  main.n+352(SP)     a local: the distance is that from hardware SP\n"
      "  main.a+8(FP)       an argument, a result or a spill slot: from pseudo FP\n"
      "  runtime.f<ABI0>    assembly with the old calling convention\n"
      "  +0x1f              a jump inside the function, to that offset\n"
      "\n"
      "What follows the semicolon says what an instruction is for: the stack check and its class of frame, prologue "
      "and "
      "epilogue, arguments saved around morestack, nil and bounds checks, write barriers, calls into the middle of "
      "Duff's "
      "devices, unsafe points (from there to the next safe point the goroutine is not preempted), which words start or "
      "cease to be pointers. At the instruction "
      "where the frame stands it ends with what the operands hold. Breakpoints of the debugger are not in the bytes.",
      // transcript: examples/regargs STOP_AT main.markerMixed
      R"((lldb) go-disasm main.nineIn --count 5
main.nineIn  ABIInternal, go1.24.4
  main.go:70  func nineIn(s nine) int64 {
    0x469180  +0x0  493b6610  CMPQ SP, 0x10(R14)  ; stack check: small frame, up to 128 bytes
    0x469184  +0x4  766f      JBE +0x75           ; to morestack if too small; unsafe point
    0x469186  +0x6  55        PUSHQ BP            ; prologue: saves the caller's BP; safe point
    0x469187  +0x7  4889e5    MOVQ SP, BP         ; prologue: BP to where that is saved
    0x46918a  +0xa  4883ec28  SUBQ $0x28, SP      ; prologue: frame of 40 bytes
(lldb) go-disasm -f 1 --count 6
main.mixed  ABIInternal, go1.24.4
  main.go:120  return len(s) + len(b) + int(t.n) + int(pair[1])
->  0x469737  +0x117  488b542470    MOVQ main.b+56(FP), DX       ; FP+56=0x4
    0x46973c  +0x11c  4803542460    ADDQ main.s+40(FP), DX
    0x469741  +0x121  4c0fbf44243a  MOVSX main.t+2(FP), R8
    0x469747  +0x127  4c01c2        ADDQ R8, DX
    0x46974a  +0x12a  4c6344244c    MOVSXD main.pair+20(FP), R8
    0x46974f  +0x12f  498d0410      LEAQ 0(R8)(DX*1), AX
)",
      {{"FUNCTION|ADDRESS", "a linker name (main.main, f.abi0 for its ABI0 body) or an address of Go code", false}},
      {
          frame_option(),
          goroutine_option(),
          {"--count", "N", "N instructions, from the address or the frame's pc on", OptionSpec::Kind::number, {}, ""},
      },
      run,
  };
  return command;
}

}  // namespace lldbgo
