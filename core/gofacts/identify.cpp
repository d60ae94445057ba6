#include "core/gofacts/identify.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/gofacts/moduledata.h"
#include "core/pclntab/header.h"
#include "core/pclntab/tables.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kMaxVersionText = 256;

std::optional<std::string> from_symbol(const ElfFile& elf) {
  auto symbol = elf.symbol("runtime.buildVersion");
  if (!symbol) return std::nullopt;
  auto text = go_string(elf, symbol->address, kMaxVersionText);
  return text && !text->empty() ? std::optional(std::string(*text)) : std::nullopt;
}

// DW_AT_producer is an inline string, "Go cmd/compile go1.24.4; regabi", in the first Go unit. With external linking
// units of C stand in front, so that a search of the section's start is not enough but a bounded one is.
std::optional<std::string> from_dwarf(const ElfFile& elf) {
  constexpr std::string_view kProducer = "Go cmd/compile ";
  constexpr std::size_t kLimit = 16 << 20;
  for (const char* name : {".debug_info", ".zdebug_info"}) {
    const Section* section = elf.section(name);
    if (section == nullptr) continue;
    auto contents = elf.contents(*section);
    if (!contents) continue;
    std::string_view text(reinterpret_cast<const char*>(contents->data()), std::min(contents->size(), kLimit));
    auto at = text.find(kProducer);
    if (at == std::string_view::npos) continue;
    text = text.substr(at + kProducer.size(), kMaxVersionText);
    return std::string(text.substr(0, text.find_first_of(std::string_view(";\0", 2))));
  }
  return std::nullopt;
}

// What else tells the versions of one magic apart: moduledata, which 1.27 changed, and the number of runtime.sigpanic.
VersionRange from_table(const ElfFile& elf, FileAddr pclntab, const PcHeader& header, VersionRange range) {
  if (range.hi == 0) {
    for (int minor = kNewestMinor; minor >= range.lo; --minor) {
      VersionRange one{minor, minor == kNewestMinor ? 0 : minor};
      if (!find_moduledata(elf, one.best(), pclntab)) continue;
      range = one;
      break;
    }
  }
  GoVersion version = range.best();
  PclntabBases bases;
  bases.text = header.text_start;
  if (auto m = find_moduledata(elf, version, pclntab)) bases.text = m->text.lo;
  // The file outlives the call: a table that does not own it.
  std::shared_ptr<const ElfFile> borrowed(&elf, [](const ElfFile*) {});
  PclntabLayout layout = pclntab_layout(version);
  for (std::size_t i = 0; i < layout.func_ids.size(); ++i) layout.func_ids[i] = static_cast<FuncId>(i);
  auto table = Pclntab::open(borrowed, pclntab, layout, bases);
  if (!table) return range;
  for (const Func& f : (*table)->named("runtime.sigpanic")) {
    range = narrow_by_sigpanic(range, static_cast<std::uint8_t>(f.id));
  }
  return range;
}

bool fits(const GoVersion& version, VersionRange range) {
  if (version.major != 1) return version.major > 1 && range.hi == 0;
  return version.minor >= range.lo && (range.hi == 0 || version.minor <= range.hi);
}

}  // namespace

Result<Identity> identify(const ElfFile& elf, FileAddr pclntab) {
  auto header = parse_pc_header(pclntab_bytes(elf, pclntab));
  if (!header) return pass(header);
  auto range = versions_of_magic(header->magic, header->text_start.value != 0);
  if (!range) return pass(range);

  Identity out;
  std::optional<std::string> build_version;
  if (auto info = read_build_info(elf)) {
    out.build_info = std::move(*info);
    build_version = out.build_info.go_version;
  } else if (info.error().code != Errc::not_go && info.error().code != Errc::not_found) {
    out.problems.push_back(info.error().text());
  }
  auto accept = [&](std::string_view text, const char* source) {
    auto version = GoVersion::parse(text);
    if (!version) return false;
    if (support_of(*version) != Support::unsupported && !fits(*version, *range)) {
      out.problems.push_back(std::string(source) + " says " + printable(text, 64) + ", the pc-line table is of " +
                             range->text());
      return false;
    }
    out.version = *version;
    out.source = source;
    return true;
  };
  using Read = std::optional<std::string> (*)(const ElfFile&);
  constexpr std::pair<const char*, Read> kSources[] = {{"symbol", from_symbol}, {"dwarf", from_dwarf}};
  bool known = build_version && accept(*build_version, "buildinfo");
  for (auto [source, read] : kSources) {
    if (known) break;
    auto text = read(elf);
    known = text && accept(*text, source);
  }
  if (!known) {
    VersionRange narrowed = from_table(elf, pclntab, *header, *range);
    out.version = narrowed.best();
    out.guessed = true;
    out.problems.push_back("Go version unknown; the pc-line table is of " + narrowed.text());
  }
  if (support_of(out.version) == Support::unsupported) {
    return fail(Errc::unsupported, out.version.text() + " is older than go1.15", "rebuild the program with a newer Go");
  }
  return out;
}

}  // namespace lldbgo
