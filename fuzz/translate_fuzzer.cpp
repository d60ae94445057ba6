// The rewriters of core/translate over the debug sections of arbitrary files. Seeds: small real binaries with
// uncompressed debug information.
#include "core/elf/elf_file.h"
#include "core/translate/call_frames.h"
#include "core/translate/info_rewriter.h"

namespace {

class Code : public lldbgo::FrameSource {
 public:
  explicit Code(const lldbgo::ElfFile& elf) : elf_(elf) {}
  lldbgo::Bytes code(lldbgo::Range<lldbgo::FileAddr> range) const override {
    return elf_.bytes_from(range.lo, range.size());
  }
  const lldbgo::SpecialFrame* special(lldbgo::FileAddr entry) const override {
    return entry.value % 2 == 0 ? nullptr : &special_;
  }

 private:
  const lldbgo::ElfFile& elf_;
  lldbgo::SpecialFrame special_{true, {{3, 9, {}}, {20, 21, {}}}};
};

class Lines : public lldbgo::LineSource {
 public:
  std::vector<lldbgo::LineRange> lines(lldbgo::FileAddr entry) const override {
    return {{{entry, entry.offset(8)}, {"main.go", 1}}, {{entry.offset(8), entry.offset(16)}, {"main.go", 12}}};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto elf = lldbgo::ElfFile::from_bytes(std::as_bytes(std::span(data, size)));
  if (!elf) return 0;
  auto contents = [&](const char* name) -> lldbgo::Bytes {
    const lldbgo::Section* section = (*elf)->debug_section(name);
    if (section == nullptr) return {};
    return (*elf)->contents(*section).value_or(lldbgo::Bytes{});
  };
  lldbgo::DebugInfo in{contents("info"),     contents("abbrev"), contents("loc"),
                       contents("loclists"), contents("ranges"), contents("addr")};
  (void)lldbgo::rewrite_info(in, Lines());
  (void)lldbgo::rewrite_call_frames(contents("frame"), Code(**elf));
  return 0;
}
