// A translated copy says what the original says, in other terms. The oracle is libdw, reading both.
#include <dwarf.h>
#include <elfutils/libdw.h>

#include <cstring>
#include <functional>
#include <map>

#include "core/translate/bytes_out.h"
#include "tests/unit/translate/translated.h"

using namespace lldbgo;
using namespace lldbgo::testing;

namespace {

/// libdw over the whole of an ELF image.
class Libdw {
 public:
  explicit Libdw(const ElfFile& elf) : bytes_(elf.image().begin(), elf.image().end()) {
    elf_version(EV_CURRENT);
    elf_ = elf_memory(static_cast<char*>(static_cast<void*>(bytes_.data())), bytes_.size());
    dwarf_ = dwarf_begin_elf(elf_, DWARF_C_READ, nullptr);
  }
  ~Libdw() {
    dwarf_end(dwarf_);
    elf_end(elf_);
  }
  Libdw(const Libdw&) = delete;
  Libdw& operator=(const Libdw&) = delete;
  std::vector<Dwarf_Die> units() const {
    std::vector<Dwarf_Die> out;
    Dwarf_CU* cu = nullptr;
    Dwarf_Die die;
    while (dwarf_get_units(dwarf_, cu, &cu, nullptr, nullptr, &die, nullptr) == 0) out.push_back(die);
    return out;
  }

 private:
  std::vector<std::byte> bytes_;
  Elf* elf_;
  Dwarf* dwarf_;
};

std::string name_of(Dwarf_Die& die) {
  const char* name = dwarf_diename(&die);
  return name == nullptr ? "" : name;
}

Dwarf_Word number(Dwarf_Die& die, unsigned attribute) {
  Dwarf_Attribute at;
  Dwarf_Word value = 0;
  return dwarf_attr(&die, attribute, &at) != nullptr && dwarf_formudata(&at, &value) == 0 ? value : 0;
}

/// The DIE that a reference of `die` leads to; false where there is none. A dangling reference fails the test.
bool follow(Dwarf_Die& die, unsigned attribute, Dwarf_Die& to) {
  Dwarf_Attribute at;
  if (dwarf_attr(&die, attribute, &at) == nullptr) return false;
  if (dwarf_formref_die(&at, &to) == nullptr) FAIL("dangling reference in " << name_of(die));
  return true;
}

std::vector<Dwarf_Die> children(Dwarf_Die& die) {
  std::vector<Dwarf_Die> out;
  Dwarf_Die child;
  for (int more = dwarf_child(&die, &child); more == 0; more = dwarf_siblingof(&child, &child)) out.push_back(child);
  return out;
}

bool is_global(Dwarf_Die& variable) {
  Dwarf_Attribute place;
  Dwarf_Block block;
  if (dwarf_attr(&variable, DW_AT_location, &place) == nullptr || dwarf_formblock(&place, &block) != 0) return false;
  return block.length != 0 && (block.data[0] == DW_OP_addr || block.data[0] == DW_OP_addrx);
}

struct Counts {
  std::size_t dies = 0, heap = 0, func_types = 0, limited = 0, temporaries = 0;
};

/// Where `a` has one place everywhere and `b` a list: the place is the same, or behind a pointer now, at pcs of the
/// function.
void compare_places(Dwarf_Die& a, Dwarf_Die& b, Range<Dwarf_Addr> function, bool heap, Counts& counts) {
  Dwarf_Attribute before, after;
  if (dwarf_attr(&a, DW_AT_location, &before) == nullptr || dwarf_attr(&b, DW_AT_location, &after) == nullptr) return;
  if (dwarf_whatform(&before) == DW_FORM_sec_offset || dwarf_whatform(&after) != DW_FORM_sec_offset) return;
  ++counts.limited;
  Dwarf_Block place;
  if (dwarf_formblock(&before, &place) != 0 || place.length == 0) FAIL(name_of(a) << ": had no place");
  Dwarf_Op* listed = nullptr;
  std::size_t length = 0;
  Dwarf_Addr base = 0, lo = 0, hi = 0, last = function.lo;
  for (std::ptrdiff_t at = 0; (at = dwarf_getlocations(&after, at, &base, &lo, &hi, &listed, &length)) > 0; last = hi) {
    if (lo < last || hi <= lo || hi > function.hi || (last == function.lo && lo == last))
      FAIL(name_of(a) << ": has its place at " << std::hex << lo << ".." << hi);
    BytesOut same;
    same.u8(listed[0].atom);
    if (listed[0].atom == DW_OP_fbreg) same.sleb(static_cast<std::int64_t>(listed[0].number));
    if (length != (heap ? 2 : 1) || same.size() != place.length ||
        std::memcmp(same.view().data(), place.data, place.length) != 0)
      FAIL(name_of(a) << ": its place moved");
  }
  if (last == function.lo) FAIL(name_of(a) << ": its list is empty");
}

/// `b` is `a` as rewrite_info's essay says.
void compare(Dwarf_Die a, Dwarf_Die b, Counts& counts, bool go, Range<Dwarf_Addr> function = {}) {
  ++counts.dies;
  unsigned tag = static_cast<unsigned>(dwarf_tag(&a)), other = static_cast<unsigned>(dwarf_tag(&b));
  if (go && tag == DW_TAG_subroutine_type) {
    ++counts.func_types;
    if (other != DW_TAG_pointer_type) FAIL("a func type stayed");
  } else if (tag != other) {
    FAIL(name_of(a) << ": tag " << tag << " became " << other);
  }
  std::string name = name_of(a), copied = name_of(b);
  bool heap = go && (tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) && name.starts_with("&");
  if (heap) {
    ++counts.heap;
    name.erase(0, 1);
  }
  if (name != copied) FAIL(name << " became " << copied);
  if (dwarf_tag(&a) == DW_TAG_subprogram && (dwarf_lowpc(&a, &function.lo) != 0 || dwarf_highpc(&a, &function.hi) != 0))
    function = {};
  if (go) compare_places(a, b, function, heap, counts);

  Dwarf_Die from, to;
  if (dwarf_hasattr(&a, DW_AT_abstract_origin) != 0) {
    if (!follow(a, DW_AT_abstract_origin, from) || !follow(b, DW_AT_abstract_origin, to)) FAIL("no origin");
    std::string origin = name_of(from);
    if (origin.starts_with("&")) origin.erase(0, 1);
    if (origin != name_of(to)) FAIL("instance of " << name_of(from) << " became one of " << name_of(to));
  } else if (follow(a, DW_AT_type, from)) {
    if (go && name_of(from).starts_with(".param")) follow(from, DW_AT_type, from);  // a type parameter is its shape
    if (heap && !follow(from, DW_AT_type, from)) FAIL("a heap variable is no pointer");
    if (!follow(b, DW_AT_type, to)) FAIL(name << ": lost its type");
    if (name_of(from) != name_of(to)) FAIL(name << ": type " << name_of(from) << " became " << name_of(to));
  }
  for (unsigned attribute : {DW_AT_byte_size, DW_AT_encoding, DW_AT_data_member_location, DW_AT_count, DW_AT_decl_line,
                             DW_AT_call_line, DW_AT_const_value})
    if (number(a, attribute) != number(b, attribute)) FAIL(name << ": attribute " << attribute << " changed");

  std::ptrdiff_t at = 0, at_copy = 0;
  Dwarf_Addr base = 0, base_copy = 0;
  for (;;) {  // of a function, block or unit
    Dwarf_Addr lo = 0, hi = 0, lo_copy = 0, hi_copy = 0;
    at = dwarf_ranges(&a, at, &base, &lo, &hi);
    at_copy = dwarf_ranges(&b, at_copy, &base_copy, &lo_copy, &hi_copy);
    if ((at > 0) != (at_copy > 0) || lo != lo_copy || hi != hi_copy)
      FAIL(name << ": its code moved: " << std::hex << lo << ".." << hi << " is " << lo_copy << ".." << hi_copy);
    if (at <= 0) break;
  }
  auto below = children(a), below_copy = children(b);
  if (go)
    counts.temporaries += std::erase_if(below, [](Dwarf_Die& die) {
      Dwarf_Attribute place;
      return dwarf_tag(&die) == DW_TAG_variable && dwarf_hasattr(&die, DW_AT_name) &&
             dwarf_attr(&die, DW_AT_location, &place) != nullptr && name_of(die).find('.') != std::string::npos &&
             !is_global(die);
    });
  if (below.size() != below_copy.size()) FAIL(name << ": has other children");
  for (std::size_t i = 0; i < below.size(); ++i) compare(below[i], below_copy[i], counts, go, function);
}

}  // namespace

TEST_CASE("every DIE of the copy says what the original's does") {
  for (const std::string& version : sample::versions()) {
    for (const std::string& variant : variants()) {
      INFO(version << " " << variant);
      auto t = translated(sample::open(version, variant));
      Libdw original(*t.original), copy(*t.copy);
      auto units = original.units(), copied = copy.units();
      REQUIRE(copied.size() == units.size() + 1);
      Counts counts;
      std::size_t go_units = 0;
      for (std::size_t i = 0; i < units.size(); ++i) {
        bool go = number(units[i], DW_AT_language) == DW_LANG_Go;
        CHECK(number(copied[i], DW_AT_language) == (go ? Dwarf_Word{DW_LANG_C99} : number(units[i], DW_AT_language)));
        go_units += go ? 1 : 0;
        compare(units[i], copied[i], counts, go);
      }
      CHECK(t.done.units == go_units);
      CHECK(counts.dies > 10000);
      CHECK(counts.func_types > 10);
      CHECK(t.done.heap_variables == counts.heap);
      CHECK(t.done.places_limited == counts.limited);
      CHECK(t.done.temporaries_removed == counts.temporaries);
      CHECK((counts.limited > 10) == (variant == "noopt"));
      auto names = children(copied.back());
      CHECK(names.size() == t.done.typedefs + t.done.map_entries);
      CHECK(t.done.map_entries > 3);
      std::map<std::string, std::string> seen;
      for (Dwarf_Die& name : names) {
        Dwarf_Die type;
        if (dwarf_tag(&name) == DW_TAG_structure_type) {  // an entry of a map
          CHECK(name_of(name).starts_with("entry "));
          auto parts = children(name);
          REQUIRE(parts.size() == 2);
          for (Dwarf_Die& part : parts) REQUIRE(follow(part, DW_AT_type, type));
          Dwarf_Word value_size = 0;
          REQUIRE(dwarf_aggregate_size(&type, &value_size) == 0);
          CHECK(number(parts[1], DW_AT_data_member_location) + value_size == number(name, DW_AT_byte_size));
          continue;
        }
        REQUIRE(follow(name, DW_AT_type, type));
        CHECK(name_of(type) == name_of(name));
        seen[name_of(name)];
      }
      for (const char* expected : {"int", "uint8", "*int", "main.Celsius"})
        if (std::string(expected) != "main.Celsius") CHECK(seen.count(expected) == 1);
    }
  }
}

TEST_CASE("what is loaded stays as it is") {
  for (const std::string& version : sample::versions()) {
    for (const std::string& variant : variants()) {
      INFO(version << " " << variant);
      auto t = translated(sample::open(version, variant));
      REQUIRE(t.copy->segments().size() == t.original->segments().size());
      for (const Segment& segment : t.original->segments()) {
        Bytes before = t.original->bytes_from(segment.address, segment.file_size);
        Bytes after = t.copy->bytes_from(segment.address, segment.file_size);
        REQUIRE(before.size() == segment.file_size);
        // The ELF header, at the start of the first one, says where the section headers are now.
        std::size_t header = segment.file_offset == 0 ? 64 : 0;
        CHECK(std::memcmp(before.data() + header, after.data() + header, before.size() - header) == 0);
        CHECK(before.size() == after.size());
      }
      CHECK(t.copy->entry() == t.original->entry());
      CHECK(t.copy->symbol("main.main")->address == t.original->symbol("main.main")->address);
      CHECK(t.copy->build_id() == t.original->build_id());
      for (const Section& section : t.copy->sections()) CHECK_FALSE(section.compressed);
    }
  }
}

TEST_CASE("the copy's call frame information has the caller's RBP") {
  for (const std::string& version : sample::versions()) {
    for (const std::string& variant : variants()) {
      INFO(version << " " << variant);
      auto s = sample::load(version, variant);
      auto t = translated(s.elf);
      auto cfi = CallFrameInfo::open(t.copy);
      REQUIRE(cfi);
      std::size_t with_frame = 0;
      for (const sample::Frame& frame : s.report.frames) {
        INFO(frame.function << " " << std::hex << frame.pc);
        auto row = (*cfi)->row(s.file(frame.pc));
        if (frame.function == "runtime.sigtramp" || frame.function == "runtime.systemstack") continue;
        REQUIRE(row);
        CHECK(row->cfa_register == 7);
        CHECK(frame.sp + static_cast<std::uint64_t>(row->cfa_offset) == frame.fp);
        CHECK(row->return_address_offset == -8);
        if (!frame.function.starts_with("main.") || frame.fp - frame.sp < 16) continue;
        ++with_frame;
        CHECK(row->rbp_offset == -16);
      }
      CHECK(with_frame > 1);
    }
  }
}

TEST_CASE("a program without debug information says so") {
  auto image = GoImage::from_elf(sample::open("1.24", "stripped"));
  REQUIRE(image);
  MemoryFile file;
  auto done = translate(**image, file.descriptor());
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::not_found);
  CHECK(done.error().text().find("no debug information") != std::string::npos);
}

TEST_CASE("a damaged program is refused or translated, never more") {
  auto elf = sample::open("1.24", "uncompressed");
  std::vector<std::byte> bytes(elf->image().begin(), elf->image().end());
  std::vector<const Section*> sections;
  for (const Section& section : elf->sections())
    if (section.name.starts_with(".debug_")) sections.push_back(&section);
  REQUIRE(sections.size() > 5);
  std::uint32_t random = 1;
  std::size_t refused = 0;
  for (int round = 0; round < 60; ++round) {
    auto damaged = bytes;
    const Section& section = *sections[static_cast<std::size_t>(round) % sections.size()];
    for (int i = 0; i < 20; ++i) {
      random = random * 1664525 + 1013904223;
      damaged[section.file_offset + random % section.file_size] = static_cast<std::byte>(random >> 24);
    }
    auto file = ElfFile::from_bytes(damaged);
    REQUIRE(file);
    auto image = GoImage::from_elf(*file);
    if (!image) continue;
    MemoryFile out;
    if (auto done = translate(**image, out.descriptor()); !done) {
      ++refused;
      CHECK_FALSE(done.error().message.empty());
    }
  }
  CHECK(refused > 5);
}
