// The linker writes one record per module (runtime/symtab.go moduledata, cmd/link/internal/ld/symtab.go). Go 1.26 gave
// it a section of its own; before it lies somewhere in .noptrdata. Without a symbol it gives itself away: its first
// word points at the pclntab and its function table has as many entries as the pclntab's header says. In a position
// independent file these words are relocated at load; Go's linker and GNU ld leave the link-time value in the file.
#include "core/gofacts/moduledata.h"

#include <cstring>

#include "core/base/text.h"
#include "core/gofacts/struct_offsets.h"
#include "core/pclntab/header.h"
#include "core/pclntab/tables.h"

namespace lldbgo {
namespace {

// A real file has one or two words that point at its pclntab.
constexpr int kMaxCandidates = 4096;

class Candidate {
 public:
  Candidate(const ElfFile& elf, const GoVersion& version, FileAddr at, FileAddr pclntab)
      : elf_(elf), version_(version), at_(at), pclntab_(pclntab) {
    auto size = measured_size(version, "runtime.moduledata");
    if (size) bytes_ = elf.bytes_from(at, size->value);
  }

  Result<Moduledata> read(const PcHeader& header) {
    Moduledata m;
    m.address = at_;
    FileAddr table = word("pclntable"), ftab = word("ftab");
    FileAddr ftab_length = word("ftab", 8);
    m.minpc = word("minpc");
    m.maxpc = word("maxpc");
    m.text = range("text", "etext");
    m.noptrdata = range("noptrdata", "enoptrdata");
    m.data = range("data", "edata");
    m.bss = range("bss", "ebss");
    m.noptrbss = range("noptrbss", "enoptrbss");
    m.types = range("types", "etypes");
    m.gofunc = optional("gofunc");
    if (!ok_) return fail(Errc::truncated, "moduledata: ends early");
    FileAddr expected = pclntab_ + header.record_base();
    if (table != expected || ftab != pclntab_ + header.functab || ftab_length.value != header.nfunc + 1) {
      return fail(Errc::malformed, "moduledata: does not describe the pclntab");
    }
    if (m.text.lo > m.minpc || m.minpc >= m.maxpc || m.maxpc > m.text.hi) {
      return fail(Errc::malformed, "moduledata: text range contradicts the function table");
    }
    if (m.gofunc && elf_.bytes_from(*m.gofunc, 1).empty())
      return fail(Errc::malformed, "moduledata: gofunc is nowhere");
    for (const Range<FileAddr>* r : {&m.noptrdata, &m.data, &m.bss, &m.noptrbss, &m.types}) {
      if (r->lo > r->hi) return fail(Errc::malformed, "moduledata: a range ends before it starts");
    }
    return m;
  }

 private:
  std::optional<FileAddr> optional(std::string_view field, std::uint64_t plus = 0) {
    auto offset = measured_offset(version_, "runtime.moduledata", field);
    if (!offset) return std::nullopt;
    if (offset->value + plus > bytes_.size()) {
      ok_ = false;
      return std::nullopt;
    }
    ByteReader r(bytes_, offset->value + plus);
    FileAddr value(r.u64());
    ok_ = ok_ && r.ok();
    return value;
  }
  FileAddr word(std::string_view field, std::uint64_t plus = 0) {
    auto value = optional(field, plus);
    ok_ = ok_ && value.has_value();
    return value.value_or(FileAddr());
  }
  Range<FileAddr> range(std::string_view lo, std::string_view hi) { return {word(lo), word(hi)}; }

  const ElfFile& elf_;
  const GoVersion& version_;
  FileAddr at_, pclntab_;
  Bytes bytes_;
  bool ok_ = true;
};

}  // namespace

Result<Moduledata> find_moduledata(const ElfFile& elf, const GoVersion& version, FileAddr pclntab) {
  auto header = parse_pc_header(pclntab_bytes(elf, pclntab));
  if (!header) return pass(header);
  auto try_at = [&](FileAddr at) { return Candidate(elf, version, at, pclntab).read(*header); };

  if (const Section* section = elf.section(".go.module")) {
    if (auto m = try_at(section->address)) return m;
  }
  // The first word of the record is the pclntab's address in every version (up to 1.15 as its slice).
  std::optional<Error> contradiction;
  int candidates = 0;
  for (const Segment& segment : elf.segments()) {
    if (!segment.readable || segment.executable) continue;
    if (!segment.writable && !elf.position_independent()) continue;
    Bytes bytes = elf.bytes_from(segment.address, segment.file_size);
    std::size_t first = (8 - segment.address.value % 8) % 8;
    for (std::size_t i = first; i + 8 <= bytes.size(); i += 8) {
      std::uint64_t word;
      std::memcpy(&word, bytes.data() + i, sizeof word);
      if (word != pclntab.value || ++candidates > kMaxCandidates) continue;
      auto m = try_at(segment.address + i);
      if (m) return m;
      contradiction = m.error();
    }
  }
  if (contradiction) return tl::unexpected<Error>(*contradiction);
  return fail(Errc::not_found, "moduledata: no word of the data points at the pc-line table");
}

}  // namespace lldbgo
