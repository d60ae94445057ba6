#include "plugin/lldb_images.h"

#include "plugin/lldb_text.h"

namespace lldbgo {

// LLDB names the segments of an ELF file as top-level sections; all of a module move together.
std::optional<Slide> slide_of(lldb::SBModule module, lldb::SBTarget target) {
  for (std::size_t i = 0; i < module.GetNumSections(); ++i) {
    lldb::SBSection section = module.GetSectionAtIndex(i);
    lldb::addr_t load = section.GetLoadAddress(target);
    lldb::addr_t file = section.GetFileAddress();
    if (load != LLDB_INVALID_ADDRESS && file != LLDB_INVALID_ADDRESS) return Slide{load - file};
  }
  return std::nullopt;
}

std::vector<Image> LldbImages::images() {
  std::vector<Image> out;
  lldb::SBFileSpec executable = target_.GetExecutable();
  std::string main_path = path_text(executable);
  for (std::uint32_t i = 0; i < target_.GetNumModules(); ++i) {
    lldb::SBModule module = target_.GetModuleAtIndex(i);
    Image image;
    image.path = path_text(module.GetFileSpec());
    image.slide = slide_of(module, target_);
    image.main = main_path.empty() ? i == 0 : image.path == main_path;
    if (translated_ != nullptr) image.path = translated_->original(image.path);
    out.push_back(std::move(image));
  }
  return out;
}

std::vector<Range<LoadAddr>> LldbImages::executable_ranges() {
  std::vector<Range<LoadAddr>> out;
  for (std::uint32_t i = 0; i < target_.GetNumModules(); ++i) {
    lldb::SBModule module = target_.GetModuleAtIndex(i);
    for (std::size_t k = 0; k < module.GetNumSections(); ++k) {
      lldb::SBSection section = module.GetSectionAtIndex(k);
      if ((section.GetPermissions() & lldb::ePermissionsExecutable) == 0) continue;
      lldb::addr_t load = section.GetLoadAddress(target_);
      if (load == LLDB_INVALID_ADDRESS) continue;
      out.push_back({LoadAddr(load), LoadAddr(load) + section.GetByteSize()});
    }
  }
  return out;
}

}  // namespace lldbgo
