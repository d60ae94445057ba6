// Type descriptions that no compiler writes: small in the file, endless or overflowing for who believes them.
#include <elf.h>

#include <cstring>

#include "core/dwarf/dwarf_info.h"
#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

/// One Go unit of package runtime with structures; a member may only name a structure that stands before its own.
class Writer {
 public:
  Writer() {
    u32(0);  // unit_length
    u16(4);
    u32(0);
    u8(8);
    u8(1);
    text("runtime");
    u8(0x16);  // DW_LANG_Go
  }

  struct Member {
    std::uint32_t type = 0;
    std::uint64_t offset = 0;
  };
  /// The offset of its DIE, for Member::type.
  std::uint32_t structure(const std::string& name, std::uint64_t size, const std::vector<Member>& members) {
    auto at = static_cast<std::uint32_t>(info_.size());
    u8(members.empty() ? 3 : 2);
    text(name);
    uleb(size);
    for (const Member& m : members) {
      u8(4);
      text("x");
      u32(m.type);
      uleb(m.offset);
    }
    if (!members.empty()) u8(0);
    return at;
  }

  std::shared_ptr<const DwarfInfo> open() {
    u8(0);
    auto length = static_cast<std::uint32_t>(info_.size() - 4);
    std::memcpy(info_.data(), &length, 4);
    auto elf = ElfFile::from_bytes(image());
    REQUIRE(elf);
    auto dwarf = DwarfInfo::open(*elf);
    REQUIRE(dwarf);
    return *dwarf;
  }

 private:
  void u8(unsigned value) { info_.push_back(static_cast<std::byte>(value)); }
  void u16(unsigned value) {
    u8(value & 0xff);
    u8(value >> 8);
  }
  void u32(std::uint32_t value) {
    u16(value & 0xffff);
    u16(value >> 16);
  }
  void uleb(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) u8((value & 0x7f) | 0x80);
    u8(static_cast<unsigned>(value));
  }
  void text(const std::string& value) {
    for (char c : value) u8(static_cast<unsigned char>(c));
    u8(0);
  }

  std::vector<std::byte> image() const {
    static constexpr unsigned char kAbbrev[] = {
        1, 0x11, 1, 0x03, 0x08, 0x13, 0x0b, 0,    0,           // compile_unit: name string, language data1
        2, 0x13, 1, 0x03, 0x08, 0x0b, 0x0f, 0,    0,           // structure_type with children: name, byte_size udata
        3, 0x13, 0, 0x03, 0x08, 0x0b, 0x0f, 0,    0,           // the same without
        4, 0x0d, 0, 0x03, 0x08, 0x49, 0x13, 0x38, 0x0f, 0, 0,  // member: name, type ref4, data_member_location udata
        0};
    static constexpr char kNames[] = "\0.debug_info\0.debug_abbrev\0.shstrtab";
    Elf64_Shdr sections[4]{};
    std::vector<std::byte> out(sizeof(Elf64_Ehdr) + sizeof sections);
    auto add = [&](Elf64_Shdr& s, unsigned name, unsigned type, const void* data, std::size_t size) {
      s.sh_name = name;
      s.sh_type = type;
      s.sh_offset = out.size();
      s.sh_size = size;
      s.sh_addralign = 1;
      const auto* bytes = static_cast<const std::byte*>(data);
      out.insert(out.end(), bytes, bytes + size);
    };
    add(sections[1], 1, SHT_PROGBITS, info_.data(), info_.size());
    add(sections[2], 13, SHT_PROGBITS, kAbbrev, sizeof kAbbrev);
    add(sections[3], 27, SHT_STRTAB, kNames, sizeof kNames);
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = EM_X86_64;
    header.e_version = EV_CURRENT;
    header.e_ehsize = sizeof header;
    header.e_shoff = sizeof header;
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = 4;
    header.e_shstrndx = 3;
    std::memcpy(out.data(), &header, sizeof header);
    std::memcpy(out.data() + sizeof header, sections, sizeof sections);
    return out;
  }

  std::vector<std::byte> info_;
};

/// Types that a walk over `type` meets; gives up after a million.
std::size_t walked(const Type& type, std::size_t so_far = 0) {
  if (++so_far > 1'000'000) return so_far;
  for (const Field& f : type.fields) so_far = walked(*f.type, so_far);
  return so_far;
}

}  // namespace

TEST_CASE("a structure whose fields share their type forty times over can be walked") {
  Writer writer;
  std::uint32_t type = writer.structure("main.leaf", 8, {});
  for (int i = 0; i < 40; ++i) type = writer.structure("main.T" + std::to_string(i), 8, {{type, 0}, {type, 0}});
  auto top = writer.open()->type("main.T39");
  REQUIRE(top);
  CHECK((*top)->name == "main.T39");
  CHECK(walked(**top) <= (1 << 17));
}

TEST_CASE("a structure inside itself ends") {
  Writer writer;
  std::uint32_t self = writer.structure("main.first", 8, {});
  writer.structure("main.Loop", 8, {{self, 0}, {static_cast<std::uint32_t>(self + 13), 0}});
  auto loop = writer.open()->type("main.Loop");
  REQUIRE(loop);
  CHECK(walked(**loop) <= 1'000'000);
}

TEST_CASE("sizes and offsets beyond the address space make a type unknown") {
  Writer writer;
  constexpr std::uint64_t kHuge = std::uint64_t{1} << 62;
  std::uint32_t word = writer.structure("main.word", 8, {});
  writer.structure("main.Large", kHuge, {{word, 0}});
  writer.structure("main.Far", 16, {{word, kHuge}});
  writer.structure("main.Plain", 16, {{word, 8}});
  auto dwarf = writer.open();
  for (const char* name : {"main.Large", "main.Far"}) {
    CAPTURE(name);
    auto type = dwarf->type(name);
    REQUIRE(type);
    CHECK((*type)->kind == TypeKind::unknown);
    CHECK((*type)->name == name);
    CHECK((*type)->size <= 16);
    CHECK((*type)->fields.empty());
  }
  CHECK((*dwarf->type("main.Plain"))->kind == TypeKind::structure);
}
