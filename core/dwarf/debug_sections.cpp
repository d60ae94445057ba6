#include "core/dwarf/debug_sections.h"

#include <fmt/format.h>
#include <libelf.h>

#include <utility>

#include "core/elf/section_image.h"

namespace lldbgo {

Result<DebugSections> DebugSections::open(const ElfFile& elf, std::initializer_list<std::string_view> names) {
  std::vector<const Section*> sections;
  for (std::string_view name : names) {
    const Section* section = elf.debug_section(name);
    if (section == nullptr && sections.empty())
      return fail(Errc::not_found, fmt::format("{}: has no .debug_{} section", elf.path(), name));
    if (section != nullptr) sections.push_back(section);
  }
  auto image = make_section_image(elf, sections);
  if (!image) return pass(image);
  elf_version(EV_CURRENT);
  DebugSections out;
  out.image_ = std::move(*image);
  out.elf_ = elf_memory(reinterpret_cast<char*>(out.image_.data()), out.image_.size());
  out.dwarf_ = out.elf_ != nullptr ? dwarf_begin_elf(out.elf_, DWARF_C_READ, nullptr) : nullptr;
  if (out.dwarf_ == nullptr) return fail(Errc::malformed, fmt::format("{}: {}", elf.path(), dwarf_errmsg(-1)));
  return out;
}

DebugSections::DebugSections(DebugSections&& other) noexcept
    : image_(std::move(other.image_)),
      elf_(std::exchange(other.elf_, nullptr)),
      dwarf_(std::exchange(other.dwarf_, nullptr)) {}

DebugSections::~DebugSections() {
  if (dwarf_ != nullptr) dwarf_end(dwarf_);
  if (elf_ != nullptr) elf_end(elf_);
}

}  // namespace lldbgo
