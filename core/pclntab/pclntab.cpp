// Opening the table and finding functions in it. Nothing is copied or indexed: functab is searched where it lies in
// the mapped file, so that a program of 100 000 functions opens at once. (findfunctab, the runtime's own accelerator,
// would save a few steps of seventeen; it is not worth a second source of truth.)
#include "core/pclntab/pclntab.h"

#include <elf.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "core/base/text.h"
#include "core/pclntab/tables.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kMaxTable = std::uint64_t(1) << 31;
constexpr std::size_t kSamples = 64;

std::uint64_t word_at(Bytes bytes, std::size_t offset, bool narrow) {
  ByteReader r(bytes, offset);
  return narrow ? r.u32() : r.u64();
}

// The first bytes tell names apart well enough, and bound the work on a table of hostile, endless names.
constexpr std::size_t kHashedPrefix = 256;
constexpr std::size_t kMaxNamesakes = 4096;

std::uint32_t hash_name(std::string_view name) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>()(name.substr(0, kHashedPrefix)));
}

}  // namespace

Bytes pclntab_bytes(const ElfFile& elf, FileAddr at) {
  Bytes bytes = elf.bytes_from(at, kMaxTable);
  for (const Section& s : elf.sections()) {
    bool in_memory = s.address && s.type != SHT_NOBITS && (s.flags & SHF_ALLOC) != 0;
    if (!in_memory || !s.range().contains(at)) continue;
    return bytes.first(std::min<std::uint64_t>(bytes.size(), s.range().hi.value - at.value));
  }
  return bytes;
}

FileAddr Pclntab::Impl::functab_pc(std::size_t index) const {
  std::uint64_t pc = word_at(functab, index * header.functab_entry_size(), header.offsets32());
  return header.offsets32() ? bases.text + pc : FileAddr(pc);
}

std::uint64_t Pclntab::Impl::functab_record(std::size_t index) const {
  std::uint64_t size = header.functab_entry_size();
  return word_at(functab, index * size + size / 2, header.offsets32());
}

std::uint64_t Pclntab::Impl::record_size() const {
  std::uint64_t entry = layout.offsets32 ? 4 : 8;
  std::uint64_t words = 7 + (layout.has_cu_offset ? 1 : 0) + (layout.has_start_line ? 1 : 0);  // nameoff ... startLine
  return entry + words * 4 + 4;  // funcID, flag, pad, nfuncdata
}

Result<std::string_view> Pclntab::Impl::name(std::int32_t offset) const {
  if (offset < 0) return fail(Errc::malformed, "pclntab: negative name offset");
  ByteReader r(names, static_cast<std::size_t>(offset));
  std::string_view found = r.c_string();
  if (!r.ok()) return fail(Errc::malformed, "pclntab: function name outside of its table");
  return found;
}

Pclntab::Pclntab(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Result<std::shared_ptr<const Pclntab>> Pclntab::open(std::shared_ptr<const ElfFile> elf, FileAddr address,
                                                     const PclntabLayout& layout, const PclntabBases& bases) {
  auto impl = std::make_shared<Impl>();
  Bytes all = pclntab_bytes(*elf, address);
  auto header = parse_pc_header(all);
  if (!header) return pass(header);
  if (layout.offsets32 != header->offsets32() || layout.header_has_tables != (header->magic != kMagicGo12)) {
    return fail(Errc::malformed, "pclntab: magic " + hex(header->magic) + " does not belong to this Go version");
  }
  impl->elf = std::move(elf);
  impl->address = address;
  impl->header = *header;
  impl->layout = layout;
  impl->bases = bases;
  if (!impl->bases.text) impl->bases.text = header->text_start;
  if (layout.offsets32 && !impl->bases.text) return fail(Errc::not_found, "pclntab: start of the text is not known");

  auto part = [&](std::uint64_t from, std::uint64_t to) { return all.subspan(from, to - from); };
  impl->all = all;
  impl->functab = part(header->functab, header->functab + header->functab_size);
  impl->records = part(header->record_base(), all.size());
  if (layout.header_has_tables) {
    impl->names = part(header->funcnametab, header->cutab);
    impl->cutab = part(header->cutab, header->filetab);
    impl->files = part(header->filetab, header->pctab);
    impl->pctab = part(header->pctab, header->functab);
  } else {
    impl->names = impl->files = impl->pctab = all;
  }
  impl->text = {impl->functab_pc(0), impl->functab_pc(header->nfunc)};

  std::shared_ptr<const Pclntab> table(new Pclntab(impl));
  std::size_t step = std::max<std::size_t>(1, header->nfunc / kSamples);
  for (std::size_t i = 0; i < header->nfunc; i += step) {
    if (auto f = table->at(i); !f) return pass(f);
  }
  return table;
}

std::size_t Pclntab::function_count() const {
  return impl_->header.nfunc;
}
Range<FileAddr> Pclntab::text() const {
  return impl_->text;
}
const PclntabLayout& Pclntab::layout() const {
  return impl_->layout;
}
FileAddr Pclntab::header() const {
  return impl_->address;
}
std::uint32_t Pclntab::magic() const {
  return impl_->header.magic;
}

Result<Func> Pclntab::find(FileAddr pc) const {
  if (!impl_->text.contains(pc)) return fail(Errc::not_found, "no Go function at " + hex(pc.value));
  std::size_t lo = 0, hi = impl_->header.nfunc;  // functab_pc(lo) <= pc < functab_pc(hi)
  while (hi - lo > 1) {
    std::size_t mid = lo + (hi - lo) / 2;
    (impl_->functab_pc(mid) <= pc ? lo : hi) = mid;
  }
  return at(lo);
}

Result<Func> Pclntab::at(std::size_t index) const {
  const Impl& t = *impl_;
  if (index >= t.header.nfunc) return fail(Errc::not_found, "pclntab: no function " + std::to_string(index));
  Func f;
  f.index = index;
  f.entry = t.functab_pc(index);
  f.end = t.functab_pc(index + 1);
  f.record = t.functab_record(index);
  ByteReader r(t.records, f.record);
  FileAddr entry = t.layout.offsets32 ? t.bases.text + r.u32() : FileAddr(r.u64());
  std::int32_t name_offset = r.i32();
  std::int32_t args = r.i32();
  f.deferreturn = r.u32();
  f.pcsp = r.u32();
  f.pcfile = r.u32();
  f.pcln = r.u32();
  f.npcdata = r.u32();
  if (t.layout.has_cu_offset) f.cu_offset = r.u32();
  if (t.layout.has_start_line) f.start_line = r.i32();
  std::uint8_t id = r.u8();
  std::uint8_t flag = r.u8();
  r.skip(1);
  f.nfuncdata = r.u8();
  if (!r.ok()) return fail(Errc::truncated, "pclntab: record of function " + std::to_string(index) + " ends early");
  if (entry != f.entry || f.end < f.entry || f.entry < t.text.lo || f.end > t.text.hi) {
    return fail(Errc::malformed, "pclntab: function " + std::to_string(index) + " contradicts the function table");
  }
  auto name = t.name(name_offset);
  if (!name) return pass(name);
  f.name = *name;
  if (args != std::numeric_limits<std::int32_t>::min()) f.args = args;
  f.id = t.func_id(id);
  if (t.layout.names_missing_ids && f.id == FuncId::normal) {
    if (f.name == "runtime.rt0_go") f.id = FuncId::rt0_go;
    if (f.name == "runtime.systemstack_switch") f.id = FuncId::systemstack_switch;
  }
  if (t.layout.has_flag) {
    f.flags.top_frame = (flag & 1) != 0;
    f.flags.sp_write = (flag & 2) != 0;
    f.flags.assembly = t.layout.has_asm_flag && (flag & 4) != 0;
  }
  return f;
}

void Pclntab::Impl::index_names() const {
  by_name.reserve(header.nfunc);
  for (std::uint32_t i = 0; i < header.nfunc; ++i) {
    ByteReader r(records, functab_record(i));
    r.skip(layout.offsets32 ? 4 : 8);
    std::uint64_t offset = r.u32();
    if (!r.ok() || offset >= names.size()) continue;
    std::size_t limit = std::min(kHashedPrefix, names.size() - offset);
    std::string_view prefix(reinterpret_cast<const char*>(names.data() + offset), limit);
    by_name.push_back({hash_name(prefix.substr(0, prefix.find('\0'))), i});
  }
  std::sort(by_name.begin(), by_name.end(),
            [](NameHash a, NameHash b) { return a.hash != b.hash ? a.hash < b.hash : a.index < b.index; });
}

std::vector<Func> Pclntab::named(std::string_view name) const {
  std::call_once(impl_->names_once, [this] { impl_->index_names(); });
  std::uint32_t hash = hash_name(name);
  auto it = std::lower_bound(impl_->by_name.begin(), impl_->by_name.end(), hash,
                             [](const Impl::NameHash& a, std::uint32_t h) { return a.hash < h; });
  std::vector<Func> out;
  for (; it != impl_->by_name.end() && it->hash == hash && out.size() < kMaxNamesakes; ++it) {
    auto f = at(it->index);
    if (f && f->name == name) out.push_back(*f);
  }
  return out;
}

}  // namespace lldbgo
