// VEX and EVEX as x86asm's avx.go (Go 1.27) reads them: a table made from Intel's, looked up by map, opcode, prefix, L
// and W. A bit that the processor ignores has to be 0 there, and a field that an instruction does not use is not looked
// at, where Zydis insists on its value.
#include <array>
#include <cstring>

#include "core/insn/decoder.h"
#include "core/insn/plan9_decode.h"
#include "core/insn/plan9_mnemonics.h"

namespace lldbgo {
namespace {

using Buffer = std::array<std::byte, kLongestInstruction>;

// One vector prefix with its fields, to be changed and decoded again.
class Vector {
 public:
  explicit Vector(Bytes code) : size_(code.size()) { std::memcpy(bytes_.data(), code.data(), size_); }

  bool evex() const { return at(0) == 0x62; }
  std::size_t prefix_size() const { return evex() ? 4 : at(0) == 0xc4 ? 3 : 2; }
  bool has_opcode() const { return size_ > prefix_size(); }
  /// Bytes of ModRM, SIB and displacement; 0 at the end of the code.
  std::size_t operand_size() const {
    std::size_t modrm = prefix_size() + 1;
    if (modrm >= size_) return 0;
    unsigned mod = at(modrm) >> 6, rm = at(modrm) & 7;
    if (mod == 3) return 1;
    bool sib = rm == 4;
    unsigned base = sib && modrm + 1 < size_ ? at(modrm + 1) & 7U : rm;
    std::size_t displacement = mod == 1 ? 1 : mod == 2 || base == 5 ? 4 : 0;
    return 1 + (sib ? 1 : 0) + displacement;
  }
  std::uint8_t at(std::size_t i) const { return std::to_integer<std::uint8_t>(bytes_[i]); }
  bool on_registers() const { return prefix_size() + 1 < size_ && at(prefix_size() + 1) >= 0xc0; }

  bool w() const { return prefix_size() > 2 && (at(2) & 0x80) != 0; }
  unsigned length() const { return evex() ? (at(3) >> 5) & 3U : (at(prefix_size() - 1) >> 2) & 1U; }
  bool broadcast() const { return evex() && (at(3) & 0x10) != 0; }
  bool zeroing() const { return evex() && (at(3) & 0x80) != 0; }
  unsigned mask() const { return evex() ? at(3) & 7U : 0; }

  void clear_w() { change(2, 0x80, 0); }
  void set_length(unsigned value) {
    if (evex()) {
      change(3, 0x60, static_cast<std::uint8_t>(value << 5));
    } else {
      change(prefix_size() - 1, 4, static_cast<std::uint8_t>(value << 2));
    }
  }
  void clear_broadcast() { change_evex(3, 0x10, 0); }
  void clear_zeroing() { change_evex(3, 0x80, 0); }
  void clear_mask() { change_evex(3, 0x87, 0); }
  void no_vvvv() {
    change(prefix_size() == 2 ? 1 : 2, 0x78, 0x78);
    change_evex(3, 8, 8);
  }
  /// R: the register of ModRM is one of the first eight.
  void no_extension() {
    change(1, 0x80, 0x80);
    change_evex(1, 0x10, 0x10);
  }
  void fixed_bits() {
    change_evex(1, 0x0c, 0);
    change_evex(2, 4, 4);
  }

  bool decode(DecodedText& out) const { return zydis_decode(Bytes(bytes_).first(size_), out); }

 private:
  void change(std::size_t i, std::uint8_t clear, std::uint8_t set) {
    bytes_[i] = std::byte{static_cast<std::uint8_t>((at(i) & ~clear) | set)};
  }

  void change_evex(std::size_t i, std::uint8_t clear, std::uint8_t set) {
    if (evex()) change(i, clear, set);
  }

  Buffer bytes_{};
  std::size_t size_;
};

bool same(const DecodedText& a, const DecodedText& b) {
  if (a.info.mnemonic != b.info.mnemonic || a.info.operand_count_visible != b.info.operand_count_visible) return false;
  for (unsigned i = 0; i < a.info.operand_count_visible; ++i) {
    const auto &x = a.operands[i], &y = b.operands[i];
    if (x.type != y.type || x.size != y.size) return false;
    if (x.type == ZYDIS_OPERAND_TYPE_REGISTER && x.reg.value != y.reg.value) return false;
  }
  return true;
}

// A W or L that changes nothing.
bool has_ignored_bit(const Vector& vector, const DecodedText& insn) {
  DecodedText other;
  if (vector.w()) {
    Vector changed = vector;
    changed.clear_w();
    if (changed.decode(other) && same(insn, other)) return true;
  }
  if (vector.length() != 0) {
    Vector changed = vector;
    changed.set_length(0);
    if (changed.decode(other) && same(insn, other)) return true;
  }
  return false;
}

// What no operand needs is given the value that Zydis wants: the fewest fields that make it an instruction.
bool decode_relaxed(Vector& vector, DecodedText& out) {
  if (vector.decode(out)) return true;
  for (unsigned fields = 0; fields < 16; ++fields) {
    Vector changed = vector;
    changed.fixed_bits();
    if ((fields & 1) != 0) changed.no_extension();
    if ((fields & 2) != 0) changed.clear_zeroing();
    if ((fields & 4) != 0) changed.no_vvvv();
    if ((fields & 8) != 0) changed.clear_mask();
    if (!changed.decode(out)) continue;
    vector = changed;
    return true;
  }
  return false;
}

// X, Y and Z, or L and Q, behind some conversions (plan9x.go).
const char* size_suffix(const Vector& vector, const DecodedText& insn) {
  auto wide = [&] {
    for (unsigned i = 0; i < insn.info.operand_count_visible; ++i) {
      const auto& op = insn.operands[i];
      bool memory = op.type == ZYDIS_OPERAND_TYPE_MEMORY;
      bool general = op.type == ZYDIS_OPERAND_TYPE_REGISTER && general_register(op.reg.value);
      if ((memory || general) && op.size == 64) return true;
    }
    return false;
  };
  auto general = [&] {
    for (unsigned i = 0; i < insn.info.operand_count_visible; ++i) {
      const auto& op = insn.operands[i];
      if (op.type == ZYDIS_OPERAND_TYPE_REGISTER && general_register(op.reg.value)) return true;
    }
    return false;
  };
  switch (insn.info.mnemonic) {
    case ZYDIS_MNEMONIC_VCVTSI2SD:
    case ZYDIS_MNEMONIC_VCVTSI2SS:
      return wide() ? "Q" : "L";
    case ZYDIS_MNEMONIC_VCVTTSD2SI:
    case ZYDIS_MNEMONIC_VCVTTSS2SI:
    case ZYDIS_MNEMONIC_VCVTSD2SI:
    case ZYDIS_MNEMONIC_VCVTSS2SI:
      return general() ? "Q" : "";
    case ZYDIS_MNEMONIC_VPCMPESTRI:
    case ZYDIS_MNEMONIC_VPCMPESTRM:
    case ZYDIS_MNEMONIC_VPCMPISTRI:
      return vector.w() ? "64" : "";
    default:
      break;
  }
  if (!plan9_mnemonic(insn.info.mnemonic).vector_sized) return "";
  // EVEX keeps the letter for these three only, or where its last byte is 0.
  bool kept = insn.info.mnemonic == ZYDIS_MNEMONIC_VFPCLASSPD || insn.info.mnemonic == ZYDIS_MNEMONIC_VFPCLASSPS ||
              insn.info.mnemonic == ZYDIS_MNEMONIC_VCVTPD2DQ;
  if (vector.evex() && vector.at(3) != 0 && !kept) return "";
  static constexpr const char* kLetters[] = {"X", "Y", "Z", ""};
  return kLetters[vector.length()];
}

bool uses_zmm(const DecodedText& insn) {
  for (unsigned i = 0; i < insn.info.operand_count_visible; ++i) {
    const auto& op = insn.operands[i];
    if (op.type == ZYDIS_OPERAND_TYPE_REGISTER && ZydisRegisterGetClass(op.reg.value) == ZYDIS_REGCLASS_ZMM)
      return true;
  }
  return false;
}

bool takes_rounding(const Vector& vector, const DecodedText& plain) {
  switch (plain.info.mnemonic) {
    case ZYDIS_MNEMONIC_VPERMT2PD:
    case ZYDIS_MNEMONIC_VPERMT2PS:
    case ZYDIS_MNEMONIC_VPERMI2PD:
    case ZYDIS_MNEMONIC_VPERMI2PS:
    case ZYDIS_MNEMONIC_VCVTUDQ2PD:
    case ZYDIS_MNEMONIC_VCVTDQ2PD:
    case ZYDIS_MNEMONIC_VCVTPS2PD:
    case ZYDIS_MNEMONIC_VCVTSS2SD:
      return true;
    default:
      break;
  }
  DecodedText rounded;
  Vector changed = vector;
  return decode_relaxed(changed, rounded) && rounded.info.avx.rounding.mode != ZYDIS_ROUNDING_MODE_INVALID;
}

// The bit means broadcast with a memory operand, else embedded rounding: L is then the mode, and the registers are the
// widest. avx.go does not ask whether the instruction has either.
bool decode_broadcast(Vector& vector, DecodedText& out, std::string& suffix) {
  Vector plain = vector;
  plain.clear_broadcast();
  if (!vector.on_registers()) {
    if (decode_relaxed(vector, out)) {
      suffix = ".BCST";
      return true;
    }
    vector = plain;
    return decode_relaxed(vector, out);
  }
  static constexpr const char* kModes[] = {".RN_SAE", ".RD_SAE", ".RU_SAE", ".RZ_SAE"};
  Vector wide = plain, narrow = plain;
  wide.set_length(2);
  narrow.set_length(0);
  unsigned mode = vector.length();
  if (decode_relaxed(wide, out) && uses_zmm(out)) {
    plain = wide;
  } else if (decode_relaxed(narrow, out)) {
    plain = narrow;
  } else {
    return false;
  }
  suffix = takes_rounding(vector, out) ? kModes[mode] : ".SAE";
  vector = plain;
  return true;
}

bool is_string_compare(const DecodedText& insn) {
  return insn.info.mnemonic == ZYDIS_MNEMONIC_VPCMPESTRI || insn.info.mnemonic == ZYDIS_MNEMONIC_VPCMPESTRM ||
         insn.info.mnemonic == ZYDIS_MNEMONIC_VPCMPISTRI;
}

}  // namespace

bool decode_vector(Bytes code, DecodedText& out) {
  out.vector = true;
  Vector original(code);
  if (!original.has_opcode()) return false;
  Vector vector = original;
  std::string flags;
  bool decoded = vector.broadcast() ? decode_broadcast(vector, out, flags) : decode_relaxed(vector, out);
  if (!decoded || !is_known(out)) return false;
  if (!is_string_compare(out) && has_ignored_bit(vector, out)) return false;
  out.suffix = size_suffix(original, out) + flags;
  if (original.zeroing()) out.suffix += ".Z";
  // avx.go takes the byte behind every opcode for a ModRM: VZEROUPPER swallows the start of what follows it.
  if (out.info.mnemonic == ZYDIS_MNEMONIC_VZEROUPPER || out.info.mnemonic == ZYDIS_MNEMONIC_VZEROALL) {
    std::size_t operand = original.operand_size();
    if (operand > code.size() - out.size) return false;
    out.size += operand;
  }
  return true;
}

}  // namespace lldbgo
