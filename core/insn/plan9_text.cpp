// Go's objdump decodes with cmd/vendor/golang.org/x/arch/x86/x86asm and prints with its plan9x.go (Go 1.27). The text
// is the assembler's in spirit only: operands are reversed, sizes are letters behind the mnemonic, but MOVZX, MOVSXD,
// CMOVE and `0x18(SP)` are x86asm's own. What surprised us stands at the line that does the same.
#include "core/insn/plan9_text.h"

#include <array>
#include <cstring>
#include <string_view>

#include "core/insn/decoder.h"
#include "core/insn/plan9_decode.h"
#include "core/insn/plan9_mnemonics.h"

namespace lldbgo {
namespace {

std::string_view register_name(ZydisRegister reg) {
  static constexpr std::string_view kNames[] = {"AX", "CX", "DX",  "BX",  "SP",  "BP",  "SI",  "DI",
                                           "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"};
  static constexpr std::string_view kBytes[] = {"AL", "CL", "DL", "BL", "AH", "CH", "DH", "BH"};
  static constexpr std::string_view kSegments[] = {"ES", "CS", "SS", "DS", "FS", "GS"};
  if (reg >= ZYDIS_REGISTER_RAX && reg <= ZYDIS_REGISTER_R15) return kNames[reg - ZYDIS_REGISTER_RAX];
  if (reg >= ZYDIS_REGISTER_EAX && reg <= ZYDIS_REGISTER_R15D) return kNames[reg - ZYDIS_REGISTER_EAX];
  if (reg >= ZYDIS_REGISTER_AX && reg <= ZYDIS_REGISTER_R15W) return kNames[reg - ZYDIS_REGISTER_AX];
  if (reg >= ZYDIS_REGISTER_AL && reg <= ZYDIS_REGISTER_BH) return kBytes[reg - ZYDIS_REGISTER_AL];
  if (reg >= ZYDIS_REGISTER_SPL && reg <= ZYDIS_REGISTER_R15B) return kNames[reg - ZYDIS_REGISTER_SPL + 4];
  if (reg >= ZYDIS_REGISTER_ES && reg <= ZYDIS_REGISTER_GS) return kSegments[reg - ZYDIS_REGISTER_ES];
  if (reg == ZYDIS_REGISTER_RIP || reg == ZYDIS_REGISTER_EIP) return "IP";
  return {};
}

void append_decimal(std::uint64_t value, std::string& out) {
  char digits[20];
  std::size_t n = 0;
  do {
    digits[n++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (n != 0) out += digits[--n];
}

void append_hex(std::uint64_t value, std::string& out) {
  char digits[16];
  std::size_t n = 0;
  do {
    digits[n++] = "0123456789abcdef"[value & 15];
    value >>= 4;
  } while (value != 0);
  out += "0x";
  while (n != 0) out += digits[--n];
}

void append_signed_hex(std::int64_t value, std::string& out) {
  if (value < 0) out += '-';
  append_hex(value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value), out);
}

void append_register(ZydisRegister reg, std::string& out) {
  if (std::string_view name = register_name(reg); !name.empty()) {
    out += name;
    return;
  }
  struct Family {
    ZydisRegister first, last;
    const char* name;
  };
  static constexpr Family kFamilies[] = {
      {ZYDIS_REGISTER_XMM0, ZYDIS_REGISTER_XMM31, "X"}, {ZYDIS_REGISTER_YMM0, ZYDIS_REGISTER_YMM31, "Y"},
      {ZYDIS_REGISTER_ZMM0, ZYDIS_REGISTER_ZMM31, "Z"}, {ZYDIS_REGISTER_K0, ZYDIS_REGISTER_K7, "K"},
      {ZYDIS_REGISTER_ST0, ZYDIS_REGISTER_ST7, "F"},    {ZYDIS_REGISTER_MM0, ZYDIS_REGISTER_MM7, "M"},
      {ZYDIS_REGISTER_CR0, ZYDIS_REGISTER_CR15, "CR"},  {ZYDIS_REGISTER_DR0, ZYDIS_REGISTER_DR15, "DR"},
      {ZYDIS_REGISTER_TR0, ZYDIS_REGISTER_TR7, "TR"},
  };
  for (const Family& family : kFamilies) {
    if (reg < family.first || reg > family.last) continue;
    out += family.name;
    append_decimal(static_cast<std::uint64_t>(reg - family.first), out);
    return;
  }
}

// The string instructions have no operands for Zydis. S: the source DS:0(SI), D: the destination, A: the accumulator.
struct Hidden {
  ZydisMnemonic mnemonic;
  const char* operands;
};
constexpr Hidden kHidden[] = {
    {ZYDIS_MNEMONIC_MOVSB, "S, D"},  {ZYDIS_MNEMONIC_MOVSW, "S, D"},  {ZYDIS_MNEMONIC_MOVSD, "S, D"},
    {ZYDIS_MNEMONIC_MOVSQ, "S, D"},  {ZYDIS_MNEMONIC_CMPSB, "D, S"},  {ZYDIS_MNEMONIC_CMPSW, "D, S"},
    {ZYDIS_MNEMONIC_CMPSD, "D, S"},  {ZYDIS_MNEMONIC_CMPSQ, "D, S"},  {ZYDIS_MNEMONIC_LODSB, "S, AL"},
    {ZYDIS_MNEMONIC_LODSW, "S, AX"}, {ZYDIS_MNEMONIC_LODSD, "S, AX"}, {ZYDIS_MNEMONIC_LODSQ, "S, AX"},
    {ZYDIS_MNEMONIC_STOSB, "AL, D"}, {ZYDIS_MNEMONIC_STOSW, "AX, D"}, {ZYDIS_MNEMONIC_STOSD, "AX, D"},
    {ZYDIS_MNEMONIC_STOSQ, "AX, D"}, {ZYDIS_MNEMONIC_SCASB, "D, AL"}, {ZYDIS_MNEMONIC_SCASW, "D, AX"},
    {ZYDIS_MNEMONIC_SCASD, "D, AX"}, {ZYDIS_MNEMONIC_SCASQ, "D, AX"}, {ZYDIS_MNEMONIC_INSB, "DX, D"},
    {ZYDIS_MNEMONIC_INSW, "DX, D"},  {ZYDIS_MNEMONIC_INSD, "DX, D"},  {ZYDIS_MNEMONIC_OUTSB, "S, DX"},
    {ZYDIS_MNEMONIC_OUTSW, "S, DX"}, {ZYDIS_MNEMONIC_OUTSD, "S, DX"}, {ZYDIS_MNEMONIC_XLAT, "T"},
};

const char* hidden_operands(const DecodedText& insn) {
  // MOVSD and CMPSD are also SSE instructions.
  if (insn.vector || insn.info.operand_count_visible != 0) return nullptr;
  for (const Hidden& row : kHidden) {
    if (row.mnemonic == insn.info.mnemonic) return row.operands;
  }
  return nullptr;
}

class Renderer {
 public:
  Renderer(Bytes code, const DecodedText& insn, const LegacyPrefixes& prefixes, std::uint64_t pc,
           const OperandNames& names, std::string& out)
      : code_(code), insn_(insn), prefixes_(prefixes), pc_(pc), names_(names), out_(out) {}

  void render() {
    const char* hidden = hidden_operands(insn_);
    PrefixUse use;
    use.repeat = hidden == nullptr && repeat_selects();
    use.segment = hidden != nullptr ? std::strpbrk(hidden, "ST") != nullptr : memory_operand() != nullptr;
    use.conditional = insn_.info.meta.category == ZYDIS_CATEGORY_COND_BR;
    use.lock = insn_.control != nullptr && *insn_.control == 'C';
    if (!insn_.vector) append_prefixes(prefixes_, use, out_);
    mnemonic();
    if (insn_.control != nullptr) {
      control_operands();
    } else if (hidden != nullptr) {
      hidden_text(hidden);
    } else {
      operands();
    }
  }

 private:
  bool repeat_selects() const {
    for (unsigned i = 0; i < insn_.info.raw.prefix_count; ++i) {
      const auto& prefix = insn_.info.raw.prefixes[i];
      if (prefix.type == ZYDIS_PREFIX_TYPE_MANDATORY && (prefix.value == 0xf2 || prefix.value == 0xf3)) return true;
    }
    return false;
  }

  const ZydisDecodedOperand* memory_operand() const {
    for (unsigned i = 0; i < insn_.info.operand_count_visible; ++i) {
      if (insn_.operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY) return &insn_.operands[i];
    }
    return nullptr;
  }

  // x86asm's dataMode: a byte instruction on registers is 32 bits wide to it.
  unsigned data_size() const {
    if ((prefixes_.rex & 8) != 0) return 64;
    return prefixes_.operand_size ? 16 : 32;
  }

  unsigned memory_size(const ZydisDecodedOperand& op) const {
    return op.mem.type == ZYDIS_MEMOP_TYPE_AGEN || op.size > 64 ? 0 : op.size;
  }

  void mnemonic() {
    const Plan9Mnemonic& entry = plan9_mnemonic(insn_.info.mnemonic);
    bool far = insn_.info.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR;
    if (far) out_ += 'L';
    out_ += insn_.name != nullptr ? std::string_view(insn_.name) : entry.name;
    if (!insn_.vector && insn_.info.opcode_map == ZYDIS_OPCODE_MAP_0F &&
        (insn_.info.mnemonic == ZYDIS_MNEMONIC_MOVSD || insn_.info.mnemonic == ZYDIS_MNEMONIC_CMPSD)) {
      out_ += "_XMM";
    }
    if (entry.sized || insn_.control != nullptr) {
      unsigned size = data_size();
      const ZydisDecodedOperand* memory = insn_.control != nullptr ? nullptr : memory_operand();
      if (memory != nullptr && memory_size(*memory) != 0) {
        size = memory_size(*memory);
      } else if (insn_.control == nullptr && insn_.info.operand_count_visible == 1 &&
                 insn_.operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                 insn_.operands[0].reg.value >= ZYDIS_REGISTER_RAX &&
                 insn_.operands[0].reg.value <= ZYDIS_REGISTER_R15) {
        size = 64;
      }
      if (size == 8) out_ += 'B';
      if (size == 16) out_ += 'W';
      if (size == 32) out_ += 'L';
      if (size == 64) out_ += 'Q';
    }
    out_ += insn_.suffix;
  }

  void hidden_text(const char* pattern) {
    out_ += ' ';
    const char* segment = prefixes_.segment() == 0x64 ? "FS" : prefixes_.segment() == 0x65 ? "GS" : "DS";
    for (; *pattern != '\0'; ++pattern) {
      switch (*pattern) {
        case 'S':
          out_ += segment, out_ += ":0(SI)";
          break;
        case 'T':
          out_ += segment, out_ += ":0(BX)";
          break;
        case 'D':
          if (pattern[1] == 'X') {
            out_ += 'D';
          } else {
            out_ += "ES:0(DI)";
          }
          break;
        default:
          out_ += *pattern;
      }
    }
  }

  void control_operands() {
    unsigned rm = insn_.info.raw.modrm.rm + ((prefixes_.rex & 1) != 0 ? 8U : 0U);
    std::uint8_t opcode = std::to_integer<std::uint8_t>(code_[prefixes_.size() + 1]);
    auto control = [&] {
      out_ += insn_.control;
      append_decimal(insn_.control_number, out_);
    };
    auto general = [&] { append_register(static_cast<ZydisRegister>(ZYDIS_REGISTER_RAX + rm), out_); };
    out_ += ' ';
    bool to_control = opcode == 0x22 || opcode == 0x23 || opcode == 0x26;
    to_control ? general() : control();
    out_ += ", ";
    to_control ? control() : general();
  }

  void operands() {
    unsigned n = insn_.info.operand_count_visible;
    bool first = true;
    if (insn_.info.mnemonic == ZYDIS_MNEMONIC_NOP) n = n != 0 ? 1 : 0;
    if (insn_.info.mnemonic == ZYDIS_MNEMONIC_RDRAND && data_size() == 64) n = 0;
    if (implicit_xmm0()) {
      out_ += " X0";
      first = false;
    }
    // Reversed, except that comparisons read from left to right (issue 60920).
    bool forward = insn_.info.mnemonic == ZYDIS_MNEMONIC_CMP;
    for (unsigned i = 0; i < n; ++i) {
      const ZydisDecodedOperand& op = insn_.operands[forward ? i : n - 1 - i];
      if (op.encoding == ZYDIS_OPERAND_ENCODING_MASK && op.reg.value == ZYDIS_REGISTER_K0) continue;
      if (insn_.info.mnemonic == ZYDIS_MNEMONIC_FUCOMP && op.visibility == ZYDIS_OPERAND_VISIBILITY_IMPLICIT) continue;
      out_ += first ? " " : ", ";
      first = false;
      operand(op);
    }
    if (insn_.info.mnemonic == ZYDIS_MNEMONIC_INT3) out_ += " $0x3";
  }

  bool implicit_xmm0() const {
    switch (insn_.info.mnemonic) {
      case ZYDIS_MNEMONIC_SHA256RNDS2:
      case ZYDIS_MNEMONIC_PBLENDVB:
      case ZYDIS_MNEMONIC_BLENDVPS:
      case ZYDIS_MNEMONIC_BLENDVPD:
        return true;
      default:
        return false;
    }
  }

  void operand(const ZydisDecodedOperand& op) {
    switch (op.type) {
      case ZYDIS_OPERAND_TYPE_REGISTER:
        append_register(op.reg.value, out_);
        break;
      case ZYDIS_OPERAND_TYPE_MEMORY:
        memory(op);
        break;
      case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        immediate(op);
        break;
      default:
        break;
    }
  }

  void immediate(const ZydisDecodedOperand& op) {
    if (op.imm.is_relative) {
      branch(pc_ + insn_.size + static_cast<std::uint64_t>(op.imm.value.s));
      return;
    }
    std::int64_t value = op.imm.value.s;
    // The immediate of a byte instruction is unsigned; one that is extended to more is not.
    if (op.size == 8 && (!op.imm.is_signed || (&op != insn_.operands && insn_.operands[0].size == 8))) value &= 0xff;
    out_ += '$';
    bool mov = insn_.info.mnemonic == ZYDIS_MNEMONIC_MOV || insn_.info.mnemonic == ZYDIS_MNEMONIC_PUSH;
    // Meant for 32-bit programs, and done in 64-bit ones too: a constant that looks like an address gets a name.
    if (mov && data_size() == 32 && symbol(static_cast<std::uint64_t>(value))) return;
    if (value == static_cast<std::int32_t>(value)) {
      append_signed_hex(value, out_);
    } else {
      append_hex(static_cast<std::uint64_t>(value), out_);
    }
  }

  void branch(std::uint64_t target) {
    if (names_.branch) {
      std::string text = names_.branch(target);
      if (!text.empty()) {
        out_ += text;
        return;
      }
    }
    if (names_.symbol) {
      // Only the start of a symbol is named.
      if (auto symbol = names_.symbol(target); symbol && symbol->base == target && !symbol->name.empty()) {
        out_ += symbol->name;
        out_ += "(SB)";
        return;
      }
    }
    append_hex(target, out_);
  }

  bool symbol(std::uint64_t address) {
    if (!names_.symbol) return false;
    auto symbol = names_.symbol(address);
    if (!symbol || symbol->name.empty()) return false;
    out_ += symbol->name;
    if (address != symbol->base) {
      out_ += '+';
      append_decimal(address - symbol->base, out_);
    }
    out_ += "(SB)";
    return true;
  }

  std::int64_t displacement(const ZydisDecodedOperand& op) const {
    // x86asm does not extend the sign of a 32-bit displacement, so `FS:-8` is FS:0xfffffff8; avx.go does.
    if (!insn_.vector && insn_.info.raw.disp.size == 32) {
      return static_cast<std::int64_t>(static_cast<std::uint32_t>(op.mem.disp.value));
    }
    return op.mem.disp.value;
  }

  void memory(const ZydisDecodedOperand& op) {
    std::int64_t disp = displacement(op);
    bool ip = op.mem.base == ZYDIS_REGISTER_RIP || op.mem.base == ZYDIS_REGISTER_EIP;
    // avx.go does not know that a displacement alone is relative to IP.
    ZydisRegister base = insn_.vector && ip ? ZYDIS_REGISTER_NONE : op.mem.base;
    bool segment = prefixes_.segment_at >= 0 && !insn_.vector;
    bool sib = (insn_.info.attributes & ZYDIS_ATTRIB_HAS_SIB) != 0;
    if (!segment && disp != 0 && !sib) {
      std::uint64_t address = static_cast<std::uint64_t>(disp);
      if (ip && !insn_.vector) address += pc_ + insn_.size;
      if ((base == ZYDIS_REGISTER_NONE || ip) && symbol(address)) return;
    }
    if (!named_memory(op)) {
      if (segment) {
        out_ += prefixes_.segment() == 0x64 ? "FS:" : "GS:";
      }
      if (disp != 0) {
        append_signed_hex(disp, out_);
      } else {
        out_ += '0';
      }
      if (base != ZYDIS_REGISTER_NONE) {
        out_ += '(';
        append_register(base, out_);
        out_ += ')';
      }
    }
    if (op.mem.index != ZYDIS_REGISTER_NONE) {
      out_ += '(';
      append_register(op.mem.index, out_);
      out_ += '*';
      out_ += static_cast<char>('0' + op.mem.scale);
      out_ += ')';
    }
  }

  bool named_memory(const ZydisDecodedOperand& op) {
    if (!names_.memory || prefixes_.segment_at >= 0) return false;
    MemoryOperand asked;
    asked.base = general_register(op.mem.base);
    asked.index = op.mem.index != ZYDIS_REGISTER_NONE;
    asked.displacement = op.mem.disp.value;
    asked.address = op.mem.type == ZYDIS_MEMOP_TYPE_AGEN;
    asked.size = asked.address ? 0 : op.size / 8;
    std::string text = names_.memory(asked);
    out_ += text;
    return !text.empty();
  }

  Bytes code_;
  const DecodedText& insn_;
  const LegacyPrefixes& prefixes_;
  std::uint64_t pc_;
  const OperandNames& names_;
  std::string& out_;
};

}  // namespace

std::size_t plan9_text(Bytes code, std::uint64_t pc, const OperandNames& names, std::string& out) {
  if (code.empty()) return 0;
  if (code.size() > kLongestInstruction) code = code.first(kLongestInstruction);
  DecodedText insn;
  LegacyPrefixes prefixes;
  std::uint8_t first = std::to_integer<std::uint8_t>(code[0]);
  insn.vector = first == 0xc4 || first == 0xc5 || first == 0x62;
  bool known = false;
  if (insn.vector) {
    known = decode_vector(code, insn);
  } else {
    prefixes = read_prefixes(code);
    known = decode_legacy(code, prefixes, insn);
  }
  if (!known) {
    // A prefix alone is what x86asm answers for what it cannot read, and objdump shows it as one byte.
    out += '?';
    return 1;
  }
  Renderer(code, insn, prefixes, pc, names, out).render();
  return insn.size;
}

}  // namespace lldbgo
