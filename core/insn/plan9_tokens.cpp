#include "core/insn/plan9_tokens.h"

#include <string_view>

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

}  // namespace

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

const char* hidden_operands(const DecodedText& insn) {
  // MOVSD and CMPSD are also SSE instructions.
  if (insn.vector || insn.info.operand_count_visible != 0) return nullptr;
  for (const Hidden& row : kHidden) {
    if (row.mnemonic == insn.info.mnemonic) return row.operands;
  }
  return nullptr;
}

}  // namespace lldbgo
