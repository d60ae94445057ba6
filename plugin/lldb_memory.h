// The Memory port over SBProcess, for the length of one command: pages read once stay, and go when the command ends,
// because the user may write to memory between two commands of one stop.
#pragma once

#include <lldb/API/LLDB.h>

#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/elf/elf_file.h"
#include "core/target/memory.h"
#include "plugin/lldb_images.h"

namespace lldbgo {

class LldbMemory : public Memory {
 public:
  /// `file`, loaded at `slide`, answers for its read-only segments: also in a core that left them out, and without the
  /// breakpoints that LLDB writes into code.
  void bind(lldb::SBTarget target, lldb::SBProcess process, LldbImages& images, std::shared_ptr<const ElfFile> file,
            Slide slide);
  void unbind();
  /// Somebody may have written to the process since they were read.
  void forget_pages() { pages_.clear(); }

  Result<std::size_t> read(LoadAddr at, std::span<std::byte> into) override;
  std::optional<MemoryRegion> region(LoadAddr at) override;

 private:
  static constexpr std::size_t kPageSize = 4096;
  struct Page {
    std::array<std::byte, kPageSize> bytes;
    std::size_t valid = 0;  ///< readable bytes from the start
  };

  std::size_t read_file(LoadAddr at, std::span<std::byte> into) const;
  const Page& page(LoadAddr base);
  std::size_t fetch(LoadAddr base, std::span<std::byte> into);
  bool executable(LoadAddr at);

  lldb::SBTarget target_;
  lldb::SBProcess process_;
  LldbImages* images_ = nullptr;
  std::shared_ptr<const ElfFile> file_;
  Slide slide_;
  std::uint64_t local_pid_ = 0;  ///< for read_local; 0 where it cannot be used
  bool core_ = false;
  std::unordered_map<LoadAddr, std::unique_ptr<Page>> pages_;
  std::vector<Range<LoadAddr>> code_;
  bool code_known_ = false;
};

}  // namespace lldbgo
