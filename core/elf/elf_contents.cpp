// The bytes behind an ElfFile's sections, segments and symbols.
#include <elf.h>
#include <fmt/format.h>
#include <libelf.h>

#include <algorithm>

#include "core/elf/elf_impl.h"
#include "core/elf/section_image.h"

namespace lldbgo {
namespace {

Result<std::vector<std::byte>> inflate(const ElfFile& file, const Section& section) {
  auto bad = [&](const char* why) { return fail(Errc::malformed, fmt::format("section {}: {}", section.name, why)); };
  const Section* only[] = {&section};
  auto image = make_section_image(file, only);
  if (!image) return pass(image);
  std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_memory(reinterpret_cast<char*>(image->data()), image->size()), elf_end);
  Elf_Scn* scn = elf ? elf_getscn(elf.get(), 1) : nullptr;
  if (scn == nullptr) return bad(elf_errmsg(-1));
  bool gnu = (section.flags & SHF_COMPRESSED) == 0;
  if ((gnu ? elf_compress_gnu(scn, 0, 0) : elf_compress(scn, 0, 0)) < 0) return bad(elf_errmsg(-1));
  Elf_Data* data = elf_getdata(scn, nullptr);
  if (data == nullptr || data->d_size != section.size) return bad("the inflated size is not the one it states");
  const auto* start = static_cast<const std::byte*>(data->d_buf);
  return std::vector<std::byte>(start, start + data->d_size);
}

}  // namespace

const Section* ElfFile::section(std::string_view name) const {
  auto it =
      std::find_if(impl_->sections.begin(), impl_->sections.end(), [&](const Section& s) { return s.name == name; });
  return it == impl_->sections.end() ? nullptr : &*it;
}

const Section* ElfFile::debug_section(std::string_view name) const {
  const Section* s = section(fmt::format(".debug_{}", name));
  return s != nullptr ? s : section(fmt::format(".zdebug_{}", name));
}

Result<Bytes> ElfFile::file_bytes(const Section& section) const {
  if (section.type == SHT_NOBITS)
    return fail(Errc::not_found, fmt::format("section {}: has no bytes in the file", section.name));
  auto raw = impl_->file_bytes(section.file_offset, section.file_size);
  if (!raw) return fail(Errc::truncated, fmt::format("section {}: ends behind the file", section.name));
  return *raw;
}

Result<Bytes> ElfFile::contents(const Section& section) const {
  if (!section.compressed) return file_bytes(section);
  std::lock_guard lock(impl_->inflated_mutex);
  auto it = impl_->inflated.find(section.index);
  if (it == impl_->inflated.end()) it = impl_->inflated.emplace(section.index, inflate(*this, section)).first;
  if (!it->second) return tl::unexpected<Error>(it->second.error());
  return Bytes(*it->second);
}

Bytes ElfFile::bytes_from(FileAddr at, std::uint64_t limit) const {
  for (const Segment& s : impl_->segments) {
    std::uint64_t into = at.value - s.address.value;
    if (at < s.address || into >= s.file_size) continue;
    std::uint64_t offset = s.file_offset + into;
    if (offset < into || offset >= impl_->image.size()) return {};
    std::uint64_t n = std::min({limit, s.file_size - into, impl_->image.size() - offset});
    return impl_->image.subspan(offset, n);
  }
  return {};
}

Result<Bytes> ElfFile::bytes(FileAddr at, std::uint64_t size) const {
  for (const Segment& s : impl_->segments) {
    std::uint64_t into = at.value - s.address.value;
    if (at < s.address || into >= s.file_size) continue;
    if (size > s.file_size - into) break;
    Bytes found = bytes_from(at, size);
    if (found.size() == size) return found;
    return fail(Errc::truncated, fmt::format("{}: ends before address {:#x}", path(), at.value + size));
  }
  return fail(Errc::not_found, fmt::format("{}: has no bytes for {:#x}+{:#x}", path(), at.value, size));
}

namespace {

std::optional<Symbol> to_symbol(const std::optional<SymbolTable::Entry>& e) {
  if (!e) return {};
  return Symbol{std::string(e->name), FileAddr(e->value), e->size, e->type};
}

}  // namespace

const SymbolTable& ElfFile::symbol_table() const {
  std::call_once(impl_->table_once, [this] {
    impl_->table.emplace();
    const Section* symbols = impl_->symbol_section;
    if (symbols == nullptr) return;
    auto strings = std::find_if(impl_->sections.begin(), impl_->sections.end(),
                                [&](const Section& s) { return s.index == symbols->link; });
    if (strings == impl_->sections.end()) return;
    auto table = contents(*symbols), names = contents(*strings);
    if (table && names) impl_->table.emplace(*table, *names);
  });
  return *impl_->table;
}

std::optional<Symbol> ElfFile::symbol(std::string_view name) const {
  const SymbolTable& table = symbol_table();
  std::call_once(impl_->names_once, [&] { impl_->names.emplace(table); });
  return to_symbol(impl_->names->find(name));
}

std::optional<Symbol> ElfFile::symbol_at(FileAddr at) const {
  const SymbolTable& table = symbol_table();
  std::call_once(impl_->addresses_once, [&] { impl_->addresses.emplace(table); });
  return to_symbol(impl_->addresses->find(at));
}

}  // namespace lldbgo
