// Four layouts since Go 1.2 (cmd/link/internal/ld/pcln.go, debug/gosym/pclntab.go). The first eight bytes are
// magic, two zeros, the instruction quantum (1 on amd64) and the pointer size. Up to 1.15 the function table follows
// directly; 1.16 split the blob in sub-tables and names them by offset; 1.18 put the text start in front of those
// offsets and made the function table 32 bit; 1.26 no longer fills the text start in (it is 0), so the file needs
// no relocation there.
#include "core/pclntab/header.h"

#include <algorithm>

#include "core/base/text.h"

namespace lldbgo {
namespace {

// The linker's own limits are higher, but no table of more functions fits in the 4 GiB a program may have.
constexpr std::uint64_t kMaxFunctions = 1 << 24;

Result<> check_functab(const PcHeader& h, Bytes pclntab) {
  if (h.nfunc == 0 || h.nfunc > kMaxFunctions) {
    return fail(Errc::malformed, "pclntab: header counts " + std::to_string(h.nfunc) + " functions");
  }
  if (h.functab > pclntab.size() || h.functab_size > pclntab.size() - h.functab) {
    return fail(Errc::truncated,
                "pclntab: function table of " + std::to_string(h.nfunc) + " entries ends after the data");
  }
  return {};
}

Result<PcHeader> parse_go12(PcHeader h, ByteReader& r, Bytes pclntab) {
  h.nfunc = r.u64();
  h.functab = 16;
  h.functab_size = h.nfunc > kMaxFunctions ? 0 : h.nfunc * 16 + 8;
  if (auto ok = check_functab(h, pclntab); !ok) return pass(ok);
  r.seek(h.functab + h.functab_size);
  h.filetab = r.u32();
  if (!r.ok() || h.filetab >= pclntab.size())
    return fail(Errc::truncated, "pclntab: file table is outside of the data");
  return h;
}

Result<PcHeader> parse_go116(PcHeader h, ByteReader& r, Bytes pclntab) {
  h.nfunc = r.u64();
  r.u64();  // nfiles
  if (h.offsets32()) h.text_start = FileAddr(r.u64());
  h.funcnametab = r.u64();
  h.cutab = r.u64();
  h.filetab = r.u64();
  h.pctab = r.u64();
  h.functab = r.u64();
  if (!r.ok()) return fail(Errc::truncated, "pclntab: header ends early");
  h.functab_size = h.nfunc > kMaxFunctions ? 0 : h.nfunc * h.functab_entry_size() + h.functab_entry_size() / 2;
  const std::uint64_t offsets[] = {r.offset(), h.funcnametab, h.cutab, h.filetab, h.pctab, h.functab};
  if (!std::is_sorted(std::begin(offsets), std::end(offsets))) {
    return fail(Errc::malformed, "pclntab: sub-tables are not in order");
  }
  if (auto ok = check_functab(h, pclntab); !ok) return pass(ok);
  return h;
}

}  // namespace

Result<PcHeader> parse_pc_header(Bytes pclntab) {
  ByteReader r(pclntab);
  PcHeader h;
  h.magic = r.u32();
  std::uint16_t zeros = r.u16();
  std::uint8_t quantum = r.u8();
  std::uint8_t pointer_size = r.u8();
  if (!r.ok()) return fail(Errc::truncated, "pclntab: header ends early");
  if (zeros != 0 || quantum != 1 || pointer_size != 8) {
    return fail(Errc::unsupported, "pclntab: not a little-endian amd64 table");
  }
  switch (h.magic) {
    case kMagicGo12:
      return parse_go12(h, r, pclntab);
    case kMagicGo116:
    case kMagicGo118:
    case kMagicGo120:
      return parse_go116(h, r, pclntab);
    default:
      return fail(Errc::unsupported, "pclntab: unknown magic " + hex(h.magic));
  }
}

bool first_records_fit(Bytes pclntab, const PcHeader& h) {
  bool narrow = h.offsets32();
  auto word = [&](ByteReader& r) { return narrow ? r.u32() : r.u64(); };
  std::uint64_t previous = 0;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(h.nfunc, 8); ++i) {
    ByteReader entry(pclntab, h.functab + i * h.functab_entry_size());
    std::uint64_t pc = word(entry), offset = word(entry);
    if (!entry.ok() || offset > pclntab.size() || (i > 0 && pc < previous)) return false;
    ByteReader record(pclntab, h.record_base() + offset);
    if (word(record) != pc || !record.ok()) return false;
    previous = pc;
  }
  return true;
}

}  // namespace lldbgo
