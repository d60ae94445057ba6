// pc-value tables of a function: frame size, PCDATA, file, line. And the place of its FUNCDATA.
//
// The runtime evaluates pcsp at the frame's own pc (also for a return address) and everything else at pc-1
// (runtime/traceback.go); callers choose, these functions take the pc as it is.
#include "core/pclntab/tables.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/pclntab/pc_value.h"

namespace lldbgo {
namespace {

Error broken(const Func& f, const char* what) {
  return Error{
      Errc::malformed, "pclntab: " + std::string(what) + " table of " + printable(f.name, 200) + " is broken", {}, {}};
}

// The largest frame in any program is that of runtime.call1073741824, 1 GiB and a few words.
constexpr std::int32_t kMaxFrame = 0x50000000;

}  // namespace

Result<std::int32_t> Pclntab::pc_value(const Func& f, std::uint32_t table, FileAddr pc) const {
  if (table == 0) return -1;
  if (pc < f.entry || pc >= f.end) return fail(Errc::invalid_argument, "pclntab: pc is outside of the function");
  PcValues values(impl_->pctab, table, {f.entry, f.end});
  while (values.next()) {
    if (pc < values.range().hi) return values.value();
  }
  if (!values.ok()) return tl::unexpected<Error>(broken(f, "pc-value"));
  return -1;
}

Result<std::uint32_t> Pclntab::sp_delta(const Func& f, FileAddr pc) const {
  if (f.pcsp == 0) return fail(Errc::not_found, "pclntab: " + printable(f.name, 200) + " has no frame size table");
  auto value = pc_value(f, f.pcsp, pc);
  if (!value) return pass(value);
  if (*value == -1) return fail(Errc::not_found, "pclntab: no frame size at " + hex(pc.value));
  if (*value < 0 || *value > kMaxFrame) return tl::unexpected<Error>(broken(f, "frame size"));
  return static_cast<std::uint32_t>(*value);
}

Result<std::uint32_t> Pclntab::max_sp_delta(const Func& f) const {
  if (f.pcsp == 0) return fail(Errc::not_found, "pclntab: " + printable(f.name, 200) + " has no frame size table");
  PcValues values(impl_->pctab, f.pcsp, {f.entry, f.end});
  std::int32_t most = 0;
  while (values.next()) most = std::max(most, values.value());
  if (!values.ok() || most > kMaxFrame) return tl::unexpected<Error>(broken(f, "frame size"));
  return static_cast<std::uint32_t>(most);
}

Result<std::uint32_t> Pclntab::pcdata_table(const Func& f, int index) const {
  if (index < 0 || static_cast<std::uint32_t>(index) >= f.npcdata) return 0;
  ByteReader r(impl_->records, f.record);
  r.skip(impl_->record_size() + static_cast<std::uint64_t>(index) * 4);
  std::uint32_t table = r.u32();
  if (!r.ok())
    return fail(Errc::truncated, "pclntab: PCDATA of " + printable(f.name, 200) + " is outside of the table");
  return table;
}

Result<std::int32_t> Pclntab::pcdata(const Func& f, int index, FileAddr pc) const {
  auto table = pcdata_table(f, index);
  if (!table) return pass(table);
  return pc_value(f, *table, pc);
}

Result<std::vector<PcdataRange>> Pclntab::ranges(const Func& f, std::uint32_t table) const {
  std::vector<PcdataRange> out;
  if (table == 0) return out;
  PcValues values(impl_->pctab, table, {f.entry, f.end});
  while (values.next()) out.push_back({values.range(), values.value()});
  if (!values.ok()) return tl::unexpected<Error>(broken(f, "pc-value"));
  return out;
}

Result<std::vector<PcdataRange>> Pclntab::pcdata_ranges(const Func& f, int index) const {
  auto table = pcdata_table(f, index);
  if (!table) return pass(table);
  return ranges(f, *table);
}

Result<std::vector<PcdataRange>> Pclntab::sp_delta_ranges(const Func& f) const {
  return ranges(f, f.pcsp);
}

std::optional<FileAddr> Pclntab::funcdata(const Func& f, int index) const {
  const Impl& t = *impl_;
  if (index < 0 || index >= f.nfuncdata) return std::nullopt;
  ByteReader r(t.records, f.record);
  r.skip(t.record_size() + static_cast<std::uint64_t>(f.npcdata) * 4);
  if (t.layout.funcdata_relative) {
    r.skip(static_cast<std::size_t>(index) * 4);
    std::uint32_t offset = r.u32();
    if (!r.ok() || offset == 0xffffffff || !t.bases.gofunc) return std::nullopt;
    return *t.bases.gofunc + offset;
  }
  // Up to 1.17: absolute pointers, aligned in memory. A PIE has them relocated at load; the file keeps the link-time
  // value.
  std::uint64_t address = t.address.value + t.header.record_base() + r.offset();
  if ((address & 4) != 0) r.skip(4);
  r.skip(static_cast<std::size_t>(index) * 8);
  FileAddr at(r.u64());
  if (!r.ok() || !at) return std::nullopt;
  return at;
}

Result<std::string_view> Pclntab::file_name(const Func& f, std::int32_t number) const {
  const Impl& t = *impl_;
  std::uint64_t index = static_cast<std::uint32_t>(number);
  std::uint64_t name;
  if (t.layout.has_cu_offset) {
    ByteReader r(t.cutab, std::min<std::uint64_t>((index + f.cu_offset) * 4, t.cutab.size()));
    name = r.u32();
    if (!r.ok()) return tl::unexpected<Error>(broken(f, "file"));
    if (name == 0xffffffff) return std::string_view{};  // the linker left this file out
  } else {
    // Up to 1.15 one table for the program; slot 0 holds the count, so file numbers start at 1.
    ByteReader r(t.all, std::min<std::uint64_t>(t.header.filetab + index * 4, t.all.size()));
    name = r.u32();
    if (!r.ok() || index == 0) return tl::unexpected<Error>(broken(f, "file"));
  }
  ByteReader r(t.files, name);
  std::string_view text = r.c_string();
  if (!r.ok()) return tl::unexpected<Error>(broken(f, "file"));
  return text;
}

Result<SourceLine> Pclntab::line(const Func& f, FileAddr lookup_pc) const {
  auto file = pc_value(f, f.pcfile, lookup_pc);
  if (!file) return pass(file);
  auto number = pc_value(f, f.pcln, lookup_pc);
  if (!number) return pass(number);
  if (*file < 0 || *number < 0) return SourceLine{};
  auto name = file_name(f, *file);
  if (!name) return pass(name);
  return SourceLine{*name, *number};
}

Result<std::vector<LineRange>> Pclntab::lines(const Func& f) const {
  std::vector<LineRange> out;
  if (f.pcfile == 0 || f.pcln == 0) return out;
  PcValues files(impl_->pctab, f.pcfile, {f.entry, f.end}), numbers(impl_->pctab, f.pcln, {f.entry, f.end});
  bool more = files.next() && numbers.next();
  std::int32_t named = -1;
  std::string_view name;
  while (more) {
    Range<FileAddr> both{std::max(files.range().lo, numbers.range().lo),
                         std::min(files.range().hi, numbers.range().hi)};
    if (files.value() >= 0 && numbers.value() >= 0 && both.size() != 0) {
      if (files.value() != named) {
        auto found = file_name(f, files.value());
        if (!found) return pass(found);
        named = files.value();
        name = *found;
      }
      out.push_back({both, {name, numbers.value()}});
    }
    more = files.range().hi <= both.hi ? files.next() : numbers.next();
  }
  if (!files.ok() || !numbers.ok()) return tl::unexpected<Error>(broken(f, "line"));
  return out;
}

}  // namespace lldbgo
