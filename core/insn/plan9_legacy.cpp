#include <array>
#include <cstring>

#include "core/insn/plan9_decode.h"
#include "core/insn/plan9_mnemonics.h"

namespace lldbgo {

bool zydis_decode(Bytes code, DecodedText& out) {
  static const ZydisDecoder decoder = [] {
    ZydisDecoder made;
    ZydisDecoderInit(&made, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    return made;
  }();
  ZydisDecoderContext context;
  if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, &context, code.data(), code.size(), &out.info))) {
    return false;
  }
  out.size = out.info.length;
  return ZYAN_SUCCESS(
      ZydisDecoderDecodeOperands(&decoder, &context, &out.info, out.operands, out.info.operand_count_visible));
}

namespace {

// Forms that Zydis knows and x86asm does not, though it knows the instruction: aliases that no assembler makes.
bool unknown_form(const DecodedText& insn) {
  const auto& modrm = insn.info.raw.modrm;
  std::uint8_t opcode = insn.info.opcode;
  bool on_register = modrm.mod == 3;
  switch (insn.info.mnemonic) {
    case ZYDIS_MNEMONIC_NOP:
      return insn.info.opcode_map == ZYDIS_OPCODE_MAP_0F &&
             (opcode != 0x1f || modrm.reg != 0 || (insn.info.attributes & ZYDIS_ATTRIB_HAS_REX && insn.info.raw.rex.W));
    case ZYDIS_MNEMONIC_SHL:
      return modrm.reg == 6;
    case ZYDIS_MNEMONIC_TEST:
      return (opcode & 0xfe) == 0xf6 && modrm.reg == 1;
    case ZYDIS_MNEMONIC_MOV:  // decode_stand_in has these
      return insn.info.opcode_map == ZYDIS_OPCODE_MAP_0F && (opcode >= 0x20 && opcode <= 0x26);
    case ZYDIS_MNEMONIC_FXCH:
      return opcode != 0xd9;
    case ZYDIS_MNEMONIC_FCOM:
    case ZYDIS_MNEMONIC_FCOMP:
      return on_register && opcode != 0xd8;
    case ZYDIS_MNEMONIC_FSTP:
      return on_register && opcode != 0xdd;
    case ZYDIS_MNEMONIC_LFENCE:
    case ZYDIS_MNEMONIC_MFENCE:
    case ZYDIS_MNEMONIC_SFENCE:
      return modrm.rm != 0;
    default:
      return false;
  }
}

}  // namespace

bool is_known(const DecodedText& insn) {
  return plan9_knows(insn.info.meta.isa_ext) && !plan9_mnemonic(insn.info.mnemonic).name.empty() &&
         (insn.vector || !unknown_form(insn));
}

namespace {

bool is_prefix_byte(std::uint8_t byte) {
  return byte == 0xf0 || byte == 0xf2 || byte == 0xf3 || (byte & 0xe7) == 0x26 || (byte >= 0x64 && byte <= 0x67) ||
         (byte & 0xf0) == 0x40;
}

// The prefixes that act, and the rest of the instruction, in a form that Zydis takes: it refuses a LOCK that does not
// lock, and prefixes that x86asm passes over.
class Rewritten {
 public:
  Rewritten(Bytes code, const LegacyPrefixes& prefixes, bool operand_size, bool repeat) {
    put(operand_size, 0x66);
    put(prefixes.address_size, 0x67);
    put(repeat && prefixes.repeat_at >= 0, prefixes.repeat());
    put(prefixes.segment_at >= 0, prefixes.segment());
    put(prefixes.rex != 0, prefixes.rex);
    opcode_ = size_;
    dropped_ = prefixes.size() - size_;
    std::size_t rest = code.size() - prefixes.size();
    if (rest > buffer_.size() - size_) rest = buffer_.size() - size_;
    std::memcpy(buffer_.data() + size_, code.data() + prefixes.size(), rest);
    size_ += rest;
  }

  std::byte& opcode(std::size_t index) { return buffer_[opcode_ + index]; }

  bool decode(DecodedText& out) const {
    if (!zydis_decode(Bytes(buffer_).first(size_), out)) return false;
    out.size = out.info.length + dropped_;
    return out.size <= kLongestInstruction;
  }

 private:
  void put(bool present, std::uint8_t byte) {
    if (present) buffer_[size_++] = std::byte{byte};
  }

  std::array<std::byte, kLongestInstruction + 1> buffer_{};
  std::size_t size_ = 0, opcode_ = 0;
  std::ptrdiff_t dropped_ = 0;
};

bool has_mandatory_66(const DecodedText& insn) {
  for (unsigned i = 0; i < insn.info.raw.prefix_count; ++i) {
    const auto& prefix = insn.info.raw.prefixes[i];
    if (prefix.value == 0x66 && prefix.type == ZYDIS_PREFIX_TYPE_MANDATORY) return true;
  }
  return false;
}

// A prefix that selects nothing is passed over by x86asm where Zydis has no such instruction. Only if there is one with
// 0x66, a repeat in front makes it unknown.
bool decode_with_less(Bytes code, const LegacyPrefixes& prefixes, DecodedText& out) {
  if (prefixes.repeat_at >= 0) {
    if (Rewritten(code, prefixes, true, false).decode(out) && has_mandatory_66(out)) return false;
    if (Rewritten(code, prefixes, prefixes.operand_size, false).decode(out)) return true;
    if (prefixes.operand_size && Rewritten(code, prefixes, false, true).decode(out)) return true;
  }
  return prefixes.operand_size && Rewritten(code, prefixes, false, false).decode(out);
}

// Encodings that no processor accepts and x86asm does: they show up where objdump reads code from its middle on, after
// an instruction that it does not know. Zydis decodes one with the same operands in its place.
bool decode_stand_in(Bytes code, const LegacyPrefixes& prefixes, DecodedText& out) {
  std::size_t at = prefixes.size();
  auto byte = [&](std::size_t index) {
    return at + index < code.size() ? std::to_integer<std::uint8_t>(code[at + index]) : std::uint8_t{0};
  };
  Rewritten rewritten(code, prefixes, prefixes.operand_size, true);
  if (byte(0) == 0x8e && (byte(1) & 0x38) == 0x08) {  // MOV to CS
    rewritten.opcode(1) = std::byte{static_cast<std::uint8_t>(byte(1) & ~0x38)};
    if (!rewritten.decode(out)) return false;
    out.operands[0].reg.value = ZYDIS_REGISTER_CS;
    return true;
  }
  if (byte(0) != 0x0f) return false;
  std::uint8_t opcode = byte(1);
  std::uint8_t reg = (byte(2) >> 3) & 7;
  // MOV of control, debug and test registers: mod is not fixed to 3, so bytes of a memory operand are read and lost.
  if ((opcode >= 0x20 && opcode <= 0x24) || opcode == 0x26) {
    rewritten.opcode(1) = std::byte{0xaf};
    if (!rewritten.decode(out)) return false;
    out.name = "MOV";
    out.control = opcode >= 0x24 ? "TR" : (opcode & 1) != 0 ? "DR" : "CR";
    out.control_number = opcode >= 0x24 ? reg : reg + ((prefixes.rex & 4) != 0 ? 8U : 0U);
    if (*out.control == 'C' && prefixes.lock) out.control_number += 8;
    return out.control_number < 16;
  }
  if (opcode == 0xae && prefixes.repeat() == 0xf3 && (byte(2) & 0xc0) != 0xc0 && (reg == 2 || reg == 3)) {
    out.name = reg == 2 ? "WRFSBASE" : "WRGSBASE";
    return Rewritten(code, prefixes, prefixes.operand_size, false).decode(out);
  }
  bool half = opcode == 0x12 || opcode == 0x13 || opcode == 0x16 || opcode == 0x17;
  if (half && prefixes.operand_size && prefixes.repeat_at < 0 && (byte(2) & 0xc0) == 0xc0) {  // MOVLPD on registers
    rewritten.opcode(1) = std::byte{static_cast<std::uint8_t>((opcode & 1) != 0 ? 0x29 : 0x28)};
    out.name = (opcode & 4) != 0 ? "MOVHPD" : "MOVLPD";
    return rewritten.decode(out);
  }
  return false;
}

// Repeats that make an instruction unknown, and which Zydis passes over.
bool is_refused(Bytes code, const LegacyPrefixes& prefixes) {
  std::size_t at = prefixes.size();
  if (at + 2 >= code.size() || code[at] != std::byte{0x0f}) return false;
  std::uint8_t opcode = std::to_integer<std::uint8_t>(code[at + 1]);
  std::uint8_t modrm = std::to_integer<std::uint8_t>(code[at + 2]);
  if (opcode == 0xb9 || opcode == 0xff) return prefixes.operand_size;  // UD1, UD0
  if (opcode == 0x16) return prefixes.repeat() == 0xf2;
  return opcode == 0xae && prefixes.repeat() == 0xf3 && modrm < 0xc0 && (modrm & 0x30) == 0;
}

}  // namespace

bool decode_legacy(Bytes code, const LegacyPrefixes& prefixes, DecodedText& out) {
  std::size_t size = prefixes.size();
  if (size >= code.size()) return false;
  std::uint8_t opcode = std::to_integer<std::uint8_t>(code[size]);
  // A REX prefix that another prefix follows is an opcode to x86asm, and no known one; so are VEX and EVEX anywhere
  // but at the start.
  if (is_prefix_byte(opcode) || opcode == 0xc4 || opcode == 0xc5 || opcode == 0x62) return false;
  if (is_refused(code, prefixes)) return false;
  bool decoded =
      prefixes.plain ? zydis_decode(code, out) : Rewritten(code, prefixes, prefixes.operand_size, true).decode(out);
  if (decoded && is_known(out)) return true;
  return decode_stand_in(code, prefixes, out) || (decode_with_less(code, prefixes, out) && is_known(out));
}

}  // namespace lldbgo
