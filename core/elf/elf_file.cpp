#include "core/elf/elf_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/elf/elf_impl.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kMaxNoteSize = 1 << 20;

std::string hex_text(Bytes bytes) {
  std::string out;
  for (std::byte b : bytes) out += fmt::format("{:02x}", std::to_integer<unsigned>(b));
  return out;
}

Errc short_or_bad(Bytes image) {
  return image.size() < sizeof(Elf64_Ehdr) ? Errc::truncated : Errc::malformed;
}

}  // namespace

Result<> ElfFile::Impl::read_headers() {
  std::size_t size = 0;
  const char* raw = elf_rawfile(elf, &size);
  if (raw == nullptr) return fail(Errc::malformed, fmt::format("{}: cannot read the file: {}", path, elf_errmsg(-1)));
  image = Bytes(reinterpret_cast<const std::byte*>(raw), size);
  if (elf_kind(elf) != ELF_K_ELF) return fail(short_or_bad(image), path + ": not an ELF file");

  GElf_Ehdr header;
  if (gelf_getehdr(elf, &header) == nullptr) return fail(short_or_bad(image), path + ": the ELF header is damaged");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return fail(Errc::malformed, path + ": not a 64-bit little-endian ELF file");
  if (header.e_machine != EM_X86_64)
    return fail(Errc::unsupported, fmt::format("{}: built for ELF machine {}, not x86-64", path, header.e_machine));
  type = header.e_type;
  entry = FileAddr(header.e_entry);

  std::size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) count = 0;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr p;
    if (gelf_getphdr(elf, static_cast<int>(i), &p) == nullptr)
      return fail(Errc::truncated, fmt::format("{}: the file ends within program header {} of {}", path, i, count));
    switch (p.p_type) {
      case PT_LOAD:
        segments.push_back({FileAddr(p.p_vaddr), p.p_memsz, std::min(p.p_filesz, p.p_memsz), (p.p_flags & PF_R) != 0,
                            (p.p_flags & PF_W) != 0, (p.p_flags & PF_X) != 0, p.p_offset});
        break;
      case PT_INTERP:
        interpreter = true;
        break;
      case PT_TLS:
        tls = TlsSegment{p.p_memsz, std::max<std::uint64_t>(p.p_align, 1)};
        break;
      case PT_NOTE:
        read_notes(p.p_offset, p.p_filesz, p.p_align);
        break;
      default:
        break;
    }
  }
  read_sections();
  return {};
}

void ElfFile::Impl::read_sections() {
  std::size_t strings = 0;
  bool named = elf_getshdrstrndx(elf, &strings) == 0;
  for (Elf_Scn* scn = nullptr; (scn = elf_nextscn(elf, scn)) != nullptr;) {
    GElf_Shdr h;
    if (gelf_getshdr(scn, &h) == nullptr) continue;
    const char* name = named ? elf_strptr(elf, strings, h.sh_name) : nullptr;
    Section s;
    s.name = name != nullptr ? name : "";
    s.address = FileAddr(h.sh_addr);
    s.size = h.sh_size;
    s.type = h.sh_type;
    s.flags = h.sh_flags;
    s.index = elf_ndxscn(scn);
    s.link = h.sh_link;
    s.file_offset = h.sh_offset;
    s.file_size = h.sh_type == SHT_NOBITS ? 0 : h.sh_size;
    ByteReader r(file_bytes(s.file_offset, std::min<std::uint64_t>(s.file_size, sizeof(Elf64_Chdr))).value_or(Bytes()));
    if ((h.sh_flags & SHF_COMPRESSED) != 0 && s.file_size != 0) {
      s.compressed = true;
      r.skip(8);  // ch_type, ch_reserved
      s.size = r.u64();
    } else if (s.name.starts_with(".zdebug_") && r.u32() == 0x42494c5a) {  // "ZLIB", then the size, big-endian
      s.compressed = true;
      s.size = __builtin_bswap64(r.u64());
    }
    if (h.sh_type == SHT_NOTE) read_notes(h.sh_offset, h.sh_size, h.sh_addralign);
    sections.push_back(std::move(s));
  }
  for (const Section& s : sections) {
    if (s.type == SHT_SYMTAB || (s.type == SHT_DYNSYM && symbol_section == nullptr)) symbol_section = &s;
    if (s.type == SHT_SYMTAB) break;
  }
}

void ElfFile::Impl::read_notes(std::uint64_t offset, std::uint64_t size, std::uint64_t alignment) {
  if (!file_bytes(offset, size) || size > kMaxNoteSize) return;
  Elf_Data* data =
      elf_getdata_rawchunk(elf, static_cast<std::int64_t>(offset), size, alignment == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
  if (data == nullptr || data->d_buf == nullptr) return;
  Bytes bytes(static_cast<const std::byte*>(data->d_buf), data->d_size);
  GElf_Nhdr note;
  std::size_t name_at = 0, text_at = 0;
  for (std::size_t at = 0; at < bytes.size() && (at = gelf_getnote(data, at, &note, &name_at, &text_at)) > 0;) {
    ByteReader name(bytes, name_at), text(bytes, text_at);
    std::string_view owner(reinterpret_cast<const char*>(name.take(note.n_namesz).data()),
                           name.ok() ? note.n_namesz : 0);
    Bytes value = text.take(note.n_descsz);
    if (!name.ok() || !text.ok()) return;
    if (owner == std::string_view("GNU\0", 4) && note.n_type == NT_GNU_BUILD_ID && build_id.empty())
      build_id = hex_text(value);
    if (owner == std::string_view("Go\0\0", 4) && note.n_type == 4 && go_build_id.empty())
      go_build_id.assign(reinterpret_cast<const char*>(value.data()), value.size());
  }
}

Result<std::shared_ptr<const ElfFile>> ElfFile::open(const std::string& path) {
  elf_version(EV_CURRENT);
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return fail(Errc::not_found, fmt::format("{}: cannot open: {}", path, std::strerror(errno)));
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(fd);
    return fail(Errc::not_found, path + ": not a regular file");
  }
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->elf = elf_begin(fd, ELF_C_READ_MMAP, nullptr);
  Result<> read =
      impl->elf != nullptr ? impl->read_headers() : fail(Errc::malformed, fmt::format("{}: {}", path, elf_errmsg(-1)));
  if (impl->elf != nullptr) elf_cntl(impl->elf, ELF_C_FDDONE);
  ::close(fd);
  if (!read) return pass(read);
  return std::shared_ptr<const ElfFile>(new ElfFile(std::move(impl)));
}

Result<std::shared_ptr<const ElfFile>> ElfFile::from_bytes(Bytes bytes) {
  elf_version(EV_CURRENT);
  auto impl = std::make_unique<Impl>();
  impl->path = "<memory>";
  impl->owned.assign(bytes.begin(), bytes.end());
  if (bytes.empty()) return fail(Errc::truncated, "<memory>: no bytes");
  impl->elf = elf_memory(reinterpret_cast<char*>(impl->owned.data()), impl->owned.size());
  if (impl->elf == nullptr) return fail(short_or_bad(bytes), fmt::format("<memory>: {}", elf_errmsg(-1)));
  auto read = impl->read_headers();
  if (!read) return pass(read);
  return std::shared_ptr<const ElfFile>(new ElfFile(std::move(impl)));
}

ElfFile::ElfFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ElfFile::~ElfFile() = default;

const std::string& ElfFile::path() const {
  return impl_->path;
}
bool ElfFile::position_independent() const {
  return impl_->type == ET_DYN;
}
bool ElfFile::has_interpreter() const {
  return impl_->interpreter;
}
std::uint16_t ElfFile::type() const {
  return impl_->type;
}
FileAddr ElfFile::entry() const {
  return impl_->entry;
}
bool ElfFile::has_symtab() const {
  return impl_->symbol_section != nullptr && impl_->symbol_section->type == SHT_SYMTAB;
}
const std::vector<Section>& ElfFile::sections() const {
  return impl_->sections;
}
const std::vector<Segment>& ElfFile::segments() const {
  return impl_->segments;
}
std::optional<TlsSegment> ElfFile::tls() const {
  return impl_->tls;
}
std::string ElfFile::build_id() const {
  return impl_->build_id;
}
std::string ElfFile::go_build_id() const {
  return impl_->go_build_id;
}
Bytes ElfFile::image() const {
  return impl_->image;
}

}  // namespace lldbgo
