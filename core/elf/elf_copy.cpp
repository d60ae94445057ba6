#include "core/elf/elf_copy.h"

#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace lldbgo {
namespace {

constexpr std::uint64_t kAlign = 16;

class Copy {
 public:
  Copy(const ElfFile& elf, const std::vector<SectionChange>& changes, int descriptor)
      : elf_(elf), changes_(changes), descriptor_(descriptor), image_(elf.image()) {}

  Result<> run() {
    if (auto read = read_headers(); !read) return pass(read);
    if (auto copied = copy_kept_bytes(); !copied) return pass(copied);
    end_ = image_.size();
    for (const SectionChange& change : changes_)
      if (auto changed = add_section(change); !changed) return pass(changed);
    if (auto named = add_names(); !named) return pass(named);
    return add_headers();
  }

 private:
  Result<> read_headers() {
    if (image_.size() < sizeof header_) return fail(Errc::truncated, elf_.path() + ": no ELF header");
    std::memcpy(&header_, image_.data(), sizeof header_);
    std::size_t count = elf_.sections().size();
    if (header_.e_shentsize != sizeof(Elf64_Shdr) || header_.e_shoff > image_.size() ||
        (image_.size() - header_.e_shoff) / sizeof(Elf64_Shdr) < header_.e_shnum || header_.e_shnum < count)
      return fail(Errc::malformed, elf_.path() + ": the section headers lie outside the file");
    sections_.resize(header_.e_shnum);
    std::memcpy(sections_.data(), image_.data() + header_.e_shoff, sections_.size() * sizeof(Elf64_Shdr));
    for (const SectionChange& change : changes_) {
      if (change.index >= sections_.size() || (sections_[change.index].sh_flags & SHF_ALLOC) != 0)
        return fail(Errc::malformed, elf_.path() + ": section " + std::to_string(change.index) + " is loaded");
    }
    return {};
  }

  /// The file without the bytes of the sections that change.
  Result<> copy_kept_bytes() {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> holes;
    for (const SectionChange& change : changes_) {
      const Elf64_Shdr& s = sections_[change.index];
      if (s.sh_type != SHT_NOBITS && s.sh_offset < image_.size())
        holes.emplace_back(s.sh_offset, std::min<std::uint64_t>(s.sh_size, image_.size() - s.sh_offset));
    }
    std::sort(holes.begin(), holes.end());
    std::uint64_t at = 0;
    for (auto [hole, size] : holes) {
      if (hole < at) continue;  // overlaps another one: copied rather than lost
      if (auto done = write(at, image_.subspan(at, hole - at)); !done) return done;
      at = hole + size;
    }
    return write(at, image_.subspan(at));
  }

  Result<> add_section(const SectionChange& change) {
    Elf64_Shdr& s = sections_[change.index];
    if (change.name.empty()) {
      s = Elf64_Shdr{};
      return {};
    }
    end_ = (end_ + kAlign - 1) / kAlign * kAlign;
    s.sh_offset = end_;
    s.sh_flags &= ~std::uint64_t{SHF_COMPRESSED};
    s.sh_addralign = 1;
    s.sh_addr = 0;
    for (Bytes part : change.contents) {
      if (auto done = write(end_, part); !done) return done;
      end_ += part.size();
    }
    s.sh_size = end_ - s.sh_offset;
    return {};
  }

  /// The old table of section names with the new names behind it.
  Result<> add_names() {
    if (header_.e_shstrndx >= sections_.size()) return fail(Errc::malformed, elf_.path() + ": has no section names");
    Elf64_Shdr& table = sections_[header_.e_shstrndx];
    if (table.sh_offset > image_.size() || table.sh_size > image_.size() - table.sh_offset)
      return fail(Errc::malformed, elf_.path() + ": the section names lie outside the file");
    Bytes old = image_.subspan(table.sh_offset, table.sh_size);
    std::string more;
    for (const SectionChange& change : changes_) {
      if (change.name.empty()) continue;
      sections_[change.index].sh_name = static_cast<Elf64_Word>(old.size() + more.size());
      more += change.name;
      more += '\0';
    }
    table.sh_offset = end_;
    table.sh_size = old.size() + more.size();
    if (auto done = write(end_, old); !done) return done;
    if (auto done = write(end_ + old.size(), std::as_bytes(std::span(more))); !done) return done;
    end_ += table.sh_size;
    return {};
  }

  Result<> add_headers() {
    header_.e_shoff = (end_ + kAlign - 1) / kAlign * kAlign;
    if (auto done = write(header_.e_shoff, std::as_bytes(std::span(sections_))); !done) return done;
    return write(0, std::as_bytes(std::span(&header_, 1)));
  }

  Result<> write(std::uint64_t at, Bytes bytes) {
    while (!bytes.empty()) {
      ssize_t n = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return fail(Errc::not_found, "cannot be written: " + std::generic_category().message(errno));
      bytes = bytes.subspan(static_cast<std::size_t>(n));
      at += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  const ElfFile& elf_;
  const std::vector<SectionChange>& changes_;
  int descriptor_;
  Bytes image_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Shdr> sections_;
  std::uint64_t end_ = 0;
};

}  // namespace

Result<> write_elf_copy(const ElfFile& elf, const std::vector<SectionChange>& changes, int descriptor) {
  return Copy(elf, changes, descriptor).run();
}

}  // namespace lldbgo
