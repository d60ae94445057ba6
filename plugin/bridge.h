// The bridge's online part: puts translated copies (core/translate) in the place of Go modules, and takes them out
// again.
//
// A target is told to read another file for a module by removing the module and adding one of the copy, which has the
// same name and, as its platform path, the program's own: that is what a launch runs. LLDB takes the first module that
// is an executable for the one to run, and forgets where removed modules were loaded. So for the main module all of
// them are removed and added again in order, each with its address.
#pragma once

#include <lldb/API/LLDB.h>

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "commands/bridge.h"
#include "core/translate/cache.h"
#include "plugin/image_cache.h"
#include "plugin/translated_files.h"

namespace lldbgo {

class DebugInfoBridge {
 public:
  explicit DebugInfoBridge(ImageCache& images) : images_(images) {}

  bool automatic() const { return automatic_; }
  void set_automatic(bool on) { automatic_ = on; }

  /// Translates every Go module of `target` that is not translated yet. Where no process runs, or it is about to give
  /// way to another one (`launching`), also those whose file has changed since.
  void apply(lldb::SBTarget target, bool launching = false);
  /// Gives every target its own files back.
  void restore();
  /// What is known of the Go modules of `target`.
  std::vector<BridgedModule> modules(lldb::SBTarget target);

  const TranslatedFiles& files() const { return files_; }

 private:
  /// What a file was when it was looked at.
  struct FileState {
    std::uint64_t inode = 0, size = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const FileState&) const = default;
  };
  struct Record {
    lldb::SBTarget target;
    BridgedModule module;
    lldb::SBFileSpec platform_file;  // the original's, where it has one of its own (remote)
    FileState state;
  };

  void forget_deleted_targets();
  Record* find(lldb::SBTarget& target, const std::string& original);
  void translate_into(Record& record, lldb::SBModule module, bool alive);
  void take_out(Record& record, bool alive);
  static std::optional<FileState> state_of(const std::string& path);

  ImageCache& images_;
  TranslatedFiles files_;
  std::list<Record> records_;
  bool automatic_ = true;
};

/// The port for commands, over the selected target.
class LldbBridge : public Bridge {
 public:
  LldbBridge(lldb::SBDebugger& debugger, DebugInfoBridge& bridge) : debugger_(debugger), bridge_(bridge) {}
  bool automatic() override { return bridge_.automatic(); }
  void on() override;
  void off() override;
  std::vector<BridgedModule> modules() override { return bridge_.modules(debugger_.GetSelectedTarget()); }

 private:
  lldb::SBDebugger& debugger_;
  DebugInfoBridge& bridge_;
};

}  // namespace lldbgo
