#include "core/translate/translate.h"

#include <array>
#include <string_view>
#include <vector>

#include "core/elf/elf_copy.h"
#include "core/translate/call_frames.h"
#include "core/translate/info_rewriter.h"

namespace lldbgo {
namespace {

/// Indexes by offset in .debug_info, where DIEs move. LLDB makes its own.
constexpr std::array<std::string_view, 6> kIndexes{"aranges",      "pubnames",     "pubtypes",
                                                   "gnu_pubnames", "gnu_pubtypes", "names"};

std::string_view debug_name(const Section& section) {
  std::string_view name = section.name;
  for (std::string_view prefix : {".debug_", ".zdebug_"})
    if (name.substr(0, prefix.size()) == prefix) return name.substr(prefix.size());
  return {};
}

/// Bytes of a debug section, inflated; none where the file has none of that name.
Result<Bytes> debug_contents(const ElfFile& elf, std::string_view name) {
  const Section* section = elf.debug_section(name);
  if (section == nullptr) return Bytes{};
  auto contents = elf.contents(*section);
  if (!contents && contents.error().code == Errc::not_found) return Bytes{};
  return contents;
}

class Lines : public LineSource {
 public:
  explicit Lines(const Pclntab& table) : table_(table) {}
  std::vector<LineRange> lines(FileAddr entry) const override {
    auto f = table_.find(entry);
    if (!f || f->entry != entry) return {};
    return table_.lines(*f).value_or(std::vector<LineRange>{});
  }

 private:
  const Pclntab& table_;
};

class Frames : public FrameSource {
 public:
  explicit Frames(const GoImage& image) : elf_(image.elf()), switches_(image) {}
  Bytes code(Range<FileAddr> range) const override { return elf_.bytes_from(range.lo, range.size()); }
  const SpecialFrame* special(FileAddr entry) const override { return switches_.at(entry); }

 private:
  const ElfFile& elf_;
  StackSwitches switches_;
};

}  // namespace

Result<Translation> translate(const GoImage& image, int descriptor) {
  const ElfFile& elf = image.elf();
  DebugInfo in;
  struct Wanted {
    std::string_view name;
    Bytes DebugInfo::*into;
  };
  for (auto [name, into] : {Wanted{"info", &DebugInfo::info}, Wanted{"abbrev", &DebugInfo::abbreviations},
                            Wanted{"loc", &DebugInfo::locations}, Wanted{"loclists", &DebugInfo::locations5},
                            Wanted{"ranges", &DebugInfo::ranges}, Wanted{"addr", &DebugInfo::addresses}}) {
    auto contents = debug_contents(elf, name);
    if (!contents) return pass(contents);
    in.*into = *contents;
  }
  if (in.info.empty()) return fail(Errc::not_found, "has no debug information", "build it without -ldflags=-w or -s");
  auto info = rewrite_info(in, Lines(image.pclntab()));
  if (!info) return pass(info);

  auto old_frames = debug_contents(elf, "frame");
  if (!old_frames) return pass(old_frames);
  auto frames = rewrite_call_frames(*old_frames, Frames(image));
  if (!frames) return pass(frames);

  std::vector<SectionChange> changes;
  for (const Section& section : elf.sections()) {
    std::string_view name = debug_name(section);
    if (name.empty() || (section.flags & 2) != 0) continue;
    SectionChange change{section.index, ".debug_" + std::string(name), {}};
    if (std::find(kIndexes.begin(), kIndexes.end(), name) != kIndexes.end())
      change.name.clear();
    else if (name == "info")
      change.contents = {info->info};
    else if (name == "abbrev")
      change.contents = {info->abbreviations};
    else if (name == (info->version5 ? "loclists" : "loc"))
      change.contents = {info->version5 ? in.locations5 : in.locations, info->more_locations};
    else if (name == "ranges")
      change.contents = {info->ranges};
    else if (name == "frame")
      change.contents = {*frames};
    else if (section.compressed) {
      auto contents = elf.contents(section);
      if (!contents) return pass(contents);
      change.contents = {*contents};
    } else {
      continue;
    }
    changes.push_back(std::move(change));
  }
  auto written = write_elf_copy(elf, changes, descriptor);
  if (!written) return pass(written);
  return Translation{info->units,          info->typedefs,       info->map_entries,        info->heap_variables,
                     info->places_removed, info->places_limited, info->temporaries_removed};
}

}  // namespace lldbgo
