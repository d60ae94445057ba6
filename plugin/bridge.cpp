#include "plugin/bridge.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "plugin/lldb_images.h"
#include "plugin/lldb_text.h"

namespace lldbgo {
namespace {

/// The runtime's function table; in a PIE of Go 1.15 to 1.25 relocations put it elsewhere. A stripped file has it too.
bool looks_like_go(lldb::SBModule module) {
  for (const char* name : {".gopclntab", ".data.rel.ro.gopclntab", ".go.buildinfo"})
    if (module.FindSection(name).IsValid()) return true;
  for (std::size_t i = 0; i < module.GetNumSections(); ++i) {  // LLDB names segments first, sections below them
    lldb::SBSection segment = module.GetSectionAtIndex(i);
    for (std::size_t k = 0; k < segment.GetNumSubSections(); ++k)
      if (text_of(segment.GetSubSectionAtIndex(k).GetName()).find("gopclntab") != std::string::npos) return true;
  }
  return false;
}

bool is_alive(lldb::SBProcess process) {
  lldb::StateType state = process.IsValid() ? process.GetState() : lldb::eStateInvalid;
  return state != lldb::eStateInvalid && state != lldb::eStateUnloaded && state != lldb::eStateExited &&
         state != lldb::eStateDetached;
}

void set_slide(lldb::SBTarget target, lldb::SBModule module, std::optional<Slide> slide) {
  if (slide) target.SetModuleLoadAddress(module, static_cast<std::int64_t>(slide->value));
}

/// `old` gives way to a module of `with`; false: LLDB does not take it, and `old` is back. Modules keep their addresses
/// while a process is alive; LLDB has them for a while after its end, but the next process need not.
bool replace_module(lldb::SBTarget target, lldb::SBModule old, const lldb::SBModuleSpec& with, bool alive) {
  std::vector<std::pair<lldb::SBModule, std::optional<Slide>>> others;
  std::optional<Slide> slide = alive ? slide_of(old, target) : std::nullopt;
  if (old == target.FindModule(target.GetExecutable()) || old == target.GetModuleAtIndex(0)) {
    for (std::uint32_t i = 0; i < target.GetNumModules(); ++i) {
      lldb::SBModule module = target.GetModuleAtIndex(i);
      if (module != old) others.emplace_back(module, alive ? slide_of(module, target) : std::nullopt);
    }
  }
  target.RemoveModule(old);
  for (auto& [module, where] : others) target.RemoveModule(module);
  lldb::SBModule fresh = target.AddModule(with);
  bool taken = fresh.IsValid();
  if (!taken) {
    target.AddModule(old);
    fresh = old;
  }
  set_slide(target, fresh, slide);
  for (auto& [module, where] : others) {
    target.AddModule(module);
    set_slide(target, module, where);
  }
  return taken;
}

}  // namespace

std::optional<DebugInfoBridge::FileState> DebugInfoBridge::state_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {};
  return FileState{info.st_ino, static_cast<std::uint64_t>(info.st_size),
                   info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

void DebugInfoBridge::forget_deleted_targets() {
  records_.remove_if([](const Record& record) { return !record.target.IsValid(); });
}

DebugInfoBridge::Record* DebugInfoBridge::find(lldb::SBTarget& target, const std::string& original) {
  for (Record& record : records_)
    if (record.module.path == original && record.target == target) return &record;
  return nullptr;
}

void DebugInfoBridge::apply(lldb::SBTarget target, bool launching) {
  if (!target.IsValid()) return;
  forget_deleted_targets();
  std::vector<lldb::SBModule> modules;
  for (std::uint32_t i = 0; i < target.GetNumModules(); ++i) modules.push_back(target.GetModuleAtIndex(i));
  bool alive = !launching && is_alive(target.GetProcess());

  for (lldb::SBModule module : modules) {
    std::string path = path_text(module.GetFileSpec()), original = files_.original(path);
    if (original.empty() || original.front() != '/') continue;
    Record* known = find(target, original);
    if (known != nullptr) {
      auto now = state_of(original);
      if (alive || !now || *now == known->state) {
        bool replaced_meanwhile = known->module.active && path == original;
        if (!replaced_meanwhile) continue;
      } else if (known->module.active && path != original) {  // rebuilt: LLDB reads the new file, then we do
        take_out(*known, alive);
        module = target.FindModule(lldb::SBFileSpec(original.c_str()));
      }
    } else if (!looks_like_go(module)) {
      continue;
    } else {
      known = &records_.emplace_back();
      known->target = target;
      known->module.path = original;
    }
    if (module.IsValid()) translate_into(*known, module, alive);
  }
}

void DebugInfoBridge::translate_into(Record& record, lldb::SBModule module, bool alive) {
  auto begin = std::chrono::steady_clock::now();
  std::string path = record.module.path;
  record.module = BridgedModule{};
  record.module.path = path;
  record.state = state_of(path).value_or(FileState{});
  auto refuse = [&](std::string why) { record.module.reason = std::move(why); };

  auto image = images_.open(path);
  if (!image) return refuse(image.error().text());
  record.module.go_version = (*image)->version().text();
  auto folder = TranslationCache::default_folder();
  if (!folder) return refuse(folder.error().text());
  auto copy = TranslationCache(*folder).translated(**image);
  if (!copy) return refuse(copy.error().text());
  record.module.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  record.module.translated = copy->path;
  record.module.bytes = copy->bytes;
  record.module.from_cache = !copy->made_now;

  record.platform_file = module.GetPlatformFileSpec();
  if (!record.platform_file.IsValid()) record.platform_file = module.GetFileSpec();
  lldb::SBModuleSpec spec;
  spec.SetFileSpec(lldb::SBFileSpec(copy->path.c_str(), false));
  spec.SetPlatformFileSpec(record.platform_file);
  files_.add(copy->path, path);
  if (!replace_module(record.target, module, spec, alive)) return refuse("LLDB does not take the translated copy");
  record.module.active = true;
}

void DebugInfoBridge::take_out(Record& record, bool alive) {
  lldb::SBModule copy = record.target.FindModule(lldb::SBFileSpec(record.module.translated.c_str(), false));
  lldb::SBModuleSpec spec;
  spec.SetFileSpec(lldb::SBFileSpec(record.module.path.c_str(), false));
  spec.SetPlatformFileSpec(record.platform_file);
  if (copy.IsValid()) replace_module(record.target, copy, spec, alive);
  record.module.active = false;
  record.module.reason = "the bridge is off";
}

void DebugInfoBridge::restore() {
  forget_deleted_targets();
  for (Record& record : records_)
    if (record.module.active) take_out(record, is_alive(record.target.GetProcess()));
  records_.clear();
}

std::vector<BridgedModule> DebugInfoBridge::modules(lldb::SBTarget target) {
  std::vector<BridgedModule> out;
  for (const Record& record : records_)
    if (record.target == target) out.push_back(record.module);
  return out;
}

void LldbBridge::on() {
  bridge_.set_automatic(true);
  bridge_.apply(debugger_.GetSelectedTarget());
}

void LldbBridge::off() {
  bridge_.set_automatic(false);
  bridge_.restore();
}

}  // namespace lldbgo
