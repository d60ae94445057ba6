#include "core/insn/plan9_mnemonics.h"

#include <array>
#include <cctype>
#include <string>

namespace lldbgo {
namespace {

struct Renamed {
  ZydisMnemonic mnemonic;
  const char* name;
};

// Where x86asm does not use Intel's first name. Far calls and the string instructions are told apart by the renderer.
constexpr Renamed kRenamed[] = {
    {ZYDIS_MNEMONIC_CMOVNB, "CMOVAE"}, {ZYDIS_MNEMONIC_CMOVNBE, "CMOVA"}, {ZYDIS_MNEMONIC_CMOVNL, "CMOVGE"},
    {ZYDIS_MNEMONIC_CMOVNLE, "CMOVG"}, {ZYDIS_MNEMONIC_CMOVNZ, "CMOVNE"}, {ZYDIS_MNEMONIC_CMOVZ, "CMOVE"},
    {ZYDIS_MNEMONIC_JNB, "JAE"},       {ZYDIS_MNEMONIC_JNBE, "JA"},       {ZYDIS_MNEMONIC_JNL, "JGE"},
    {ZYDIS_MNEMONIC_JNLE, "JG"},       {ZYDIS_MNEMONIC_JNZ, "JNE"},       {ZYDIS_MNEMONIC_JZ, "JE"},
    {ZYDIS_MNEMONIC_SETNB, "SETAE"},   {ZYDIS_MNEMONIC_SETNBE, "SETA"},   {ZYDIS_MNEMONIC_SETNL, "SETGE"},
    {ZYDIS_MNEMONIC_SETNLE, "SETG"},   {ZYDIS_MNEMONIC_SETNZ, "SETNE"},   {ZYDIS_MNEMONIC_SETZ, "SETE"},
    {ZYDIS_MNEMONIC_INT1, "ICEBP"},    {ZYDIS_MNEMONIC_INT3, "INT"},      {ZYDIS_MNEMONIC_XLAT, "XLATB"},
};

// The instructions that carry the size of their operand.
constexpr ZydisMnemonic kSized[] = {
    ZYDIS_MNEMONIC_ADC,       ZYDIS_MNEMONIC_ADD,      ZYDIS_MNEMONIC_AND,      ZYDIS_MNEMONIC_BSF,
    ZYDIS_MNEMONIC_BSR,       ZYDIS_MNEMONIC_BT,       ZYDIS_MNEMONIC_BTC,      ZYDIS_MNEMONIC_BTR,
    ZYDIS_MNEMONIC_BTS,       ZYDIS_MNEMONIC_CMP,      ZYDIS_MNEMONIC_CMPXCHG,  ZYDIS_MNEMONIC_CVTSI2SD,
    ZYDIS_MNEMONIC_CVTSI2SS,  ZYDIS_MNEMONIC_CVTSD2SI, ZYDIS_MNEMONIC_CVTSS2SI, ZYDIS_MNEMONIC_CVTTSD2SI,
    ZYDIS_MNEMONIC_CVTTSS2SI, ZYDIS_MNEMONIC_DEC,      ZYDIS_MNEMONIC_DIV,      ZYDIS_MNEMONIC_FLDENV,
    ZYDIS_MNEMONIC_FRSTOR,    ZYDIS_MNEMONIC_IDIV,     ZYDIS_MNEMONIC_IMUL,     ZYDIS_MNEMONIC_IN,
    ZYDIS_MNEMONIC_INC,       ZYDIS_MNEMONIC_LEA,      ZYDIS_MNEMONIC_MOV,      ZYDIS_MNEMONIC_MOVNTI,
    ZYDIS_MNEMONIC_MUL,       ZYDIS_MNEMONIC_NEG,      ZYDIS_MNEMONIC_NOP,      ZYDIS_MNEMONIC_NOT,
    ZYDIS_MNEMONIC_OR,        ZYDIS_MNEMONIC_OUT,      ZYDIS_MNEMONIC_POP,      ZYDIS_MNEMONIC_POPCNT,
    ZYDIS_MNEMONIC_PUSH,      ZYDIS_MNEMONIC_RCL,      ZYDIS_MNEMONIC_RCR,      ZYDIS_MNEMONIC_ROL,
    ZYDIS_MNEMONIC_ROR,       ZYDIS_MNEMONIC_SAR,      ZYDIS_MNEMONIC_SBB,      ZYDIS_MNEMONIC_SHL,
    ZYDIS_MNEMONIC_SHLD,      ZYDIS_MNEMONIC_SHR,      ZYDIS_MNEMONIC_SHRD,     ZYDIS_MNEMONIC_SUB,
    ZYDIS_MNEMONIC_TEST,      ZYDIS_MNEMONIC_XADD,     ZYDIS_MNEMONIC_XCHG,     ZYDIS_MNEMONIC_XOR,
};

constexpr ZydisMnemonic kVectorSized[] = {
    ZYDIS_MNEMONIC_VFPCLASSPD, ZYDIS_MNEMONIC_VFPCLASSPS,  ZYDIS_MNEMONIC_VCVTTPD2DQ, ZYDIS_MNEMONIC_VCVTTPD2UDQ,
    ZYDIS_MNEMONIC_VCVTTPD2QQ, ZYDIS_MNEMONIC_VCVTTPD2UQQ, ZYDIS_MNEMONIC_VCVTPD2DQ,  ZYDIS_MNEMONIC_VCVTPD2UDQ,
    ZYDIS_MNEMONIC_VCVTPD2QQ,  ZYDIS_MNEMONIC_VCVTPD2UQQ,  ZYDIS_MNEMONIC_VCVTPD2PS,
};

// Extensions that x86asm does not have in its tables.
constexpr ZydisISAExt kUnknownExtensions[] = {
    ZYDIS_ISA_EXT_ADOX_ADCX,
    ZYDIS_ISA_EXT_AMD3DNOW,
    ZYDIS_ISA_EXT_AMD_INVLPGB,
    ZYDIS_ISA_EXT_AMX_BF16,
    ZYDIS_ISA_EXT_AMX_INT8,
    ZYDIS_ISA_EXT_AMX_TILE,
    ZYDIS_ISA_EXT_BMI2,
    ZYDIS_ISA_EXT_CET,
    ZYDIS_ISA_EXT_CLDEMOTE,
    ZYDIS_ISA_EXT_CLFLUSHOPT,
    ZYDIS_ISA_EXT_CLWB,
    ZYDIS_ISA_EXT_CLZERO,
    ZYDIS_ISA_EXT_ENQCMD,
    ZYDIS_ISA_EXT_FMA4,
    ZYDIS_ISA_EXT_HRESET,
    ZYDIS_ISA_EXT_KEYLOCKER,
    ZYDIS_ISA_EXT_KEYLOCKER_WIDE,
    ZYDIS_ISA_EXT_KNC,
    ZYDIS_ISA_EXT_KNCE,
    ZYDIS_ISA_EXT_KNCV,
    ZYDIS_ISA_EXT_MCOMMIT,
    ZYDIS_ISA_EXT_MONITORX,
    ZYDIS_ISA_EXT_MOVDIR,
    ZYDIS_ISA_EXT_MPX,
    ZYDIS_ISA_EXT_PADLOCK,
    ZYDIS_ISA_EXT_PCONFIG,
    ZYDIS_ISA_EXT_PKU,
    ZYDIS_ISA_EXT_PREFETCHWT1,
    ZYDIS_ISA_EXT_PT,
    ZYDIS_ISA_EXT_RDPID,
    ZYDIS_ISA_EXT_RDPRU,
    ZYDIS_ISA_EXT_RDSEED,
    ZYDIS_ISA_EXT_SERIALIZE,
    ZYDIS_ISA_EXT_SGX,
    ZYDIS_ISA_EXT_SGX_ENCLV,
    ZYDIS_ISA_EXT_SMAP,
    ZYDIS_ISA_EXT_SMX,
    ZYDIS_ISA_EXT_SNP,
    ZYDIS_ISA_EXT_SVM,
    ZYDIS_ISA_EXT_TBM,
    ZYDIS_ISA_EXT_TDX,
    ZYDIS_ISA_EXT_TSX_LDTRK,
    ZYDIS_ISA_EXT_UINTR,
    ZYDIS_ISA_EXT_VMFUNC,
    ZYDIS_ISA_EXT_VTX,
    ZYDIS_ISA_EXT_WAITPKG,
    ZYDIS_ISA_EXT_XOP,
};

// And what is missing of those that it has.
constexpr ZydisMnemonic kUnknown[] = {
    ZYDIS_MNEMONIC_ANDN,         ZYDIS_MNEMONIC_BEXTR,         ZYDIS_MNEMONIC_BLSI,
    ZYDIS_MNEMONIC_BLSMSK,       ZYDIS_MNEMONIC_BLSR,          ZYDIS_MNEMONIC_EXTRQ,
    ZYDIS_MNEMONIC_INSERTQ,      ZYDIS_MNEMONIC_PREFETCH,      ZYDIS_MNEMONIC_FSTPNCE,
    ZYDIS_MNEMONIC_GF2P8MULB,    ZYDIS_MNEMONIC_GF2P8AFFINEQB, ZYDIS_MNEMONIC_GF2P8AFFINEINVQB,
    ZYDIS_MNEMONIC_FENI8087_NOP, ZYDIS_MNEMONIC_FDISI8087_NOP, ZYDIS_MNEMONIC_FSETPM287_NOP,
};

struct Table {
  std::array<std::string, ZYDIS_MNEMONIC_MAX_VALUE + 1> names;
  std::array<Plan9Mnemonic, ZYDIS_MNEMONIC_MAX_VALUE + 1> entries;

  Table() {
    for (std::size_t i = 1; i <= ZYDIS_MNEMONIC_MAX_VALUE; ++i) {
      const char* name = ZydisMnemonicGetString(static_cast<ZydisMnemonic>(i));
      for (; name != nullptr && *name != '\0'; ++name) names[i] += static_cast<char>(std::toupper(*name));
    }
    for (const Renamed& row : kRenamed) names[row.mnemonic] = row.name;
    for (ZydisMnemonic mnemonic : kUnknown) names[mnemonic].clear();
    for (std::size_t i = 1; i <= ZYDIS_MNEMONIC_MAX_VALUE; ++i) entries[i].name = names[i];
    for (ZydisMnemonic mnemonic : kSized) entries[mnemonic].sized = true;
    for (ZydisMnemonic mnemonic : kVectorSized) entries[mnemonic].vector_sized = true;
  }
};

}  // namespace

bool plan9_knows(ZydisISAExt extension) {
  static const auto unknown = [] {
    std::array<bool, ZYDIS_ISA_EXT_MAX_VALUE + 1> table{};
    for (ZydisISAExt row : kUnknownExtensions) table[row] = true;
    return table;
  }();
  return !unknown[extension];
}

const Plan9Mnemonic& plan9_mnemonic(ZydisMnemonic mnemonic) {
  static const Table table;
  return table.entries[mnemonic <= ZYDIS_MNEMONIC_MAX_VALUE ? mnemonic : ZYDIS_MNEMONIC_INVALID];
}

}  // namespace lldbgo
