// One run of one Go program: its image where it is loaded, and the ports to read it. Dropped on re-run or exec; what it
// caches of the target is keyed by the stop id that the host hands in.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/address.h"
#include "core/dwarf/native_code.h"
#include "core/gofacts/go_image.h"
#include "core/sched/runtime_layout.h"
#include "core/target/images.h"
#include "core/target/memory.h"
#include "core/target/threads.h"

namespace lldbgo {

class GoProcess {
 public:
  /// The ports must outlive the object.
  GoProcess(std::shared_ptr<const GoImage> image, Slide slide, Memory& memory, Threads& threads, Images& images)
      : image_(std::move(image)), slide_(slide), memory_(memory), threads_(threads), images_(images), native_(images, memory) {}

  const GoImage& image() const { return *image_; }
  std::shared_ptr<const GoImage> shared_image() const { return image_; }
  Slide slide() const { return slide_; }
  Memory& memory() { return memory_; }
  Threads& threads() { return threads_; }
  Images& images() { return images_; }
  /// Symbols and call frame information of every image, for C frames.
  NativeCode& native() { return native_; }

  /// Resolved on first use. Errors: those of RuntimeLayout::resolve.
  Result<RuntimeLayout> layout();
  /// Addresses found once by searching the data segments of a stripped program; they do not move while it runs.
  struct FoundGlobals {
    std::optional<LoadAddr> allgs, allm;
    std::optional<LoadAddr> mheap, allp, write_barrier, gcphase;
  };
  FoundGlobals& found_globals() { return found_globals_; }

  FileAddr to_file(LoadAddr a) const { return slide_.to_file(a); }
  LoadAddr to_load(FileAddr a) const { return slide_.to_load(a); }

  /// The Go function that contains pc; not_found for C code, the vDSO and garbage.
  Result<Func> func(LoadAddr pc) const { return image_->pclntab().find(slide_.to_file(pc)); }

 private:
  std::shared_ptr<const GoImage> image_;
  Slide slide_;
  Memory& memory_;
  Threads& threads_;
  Images& images_;
  NativeCode native_;
  std::optional<RuntimeLayout> layout_;
  FoundGlobals found_globals_;
};

}  // namespace lldbgo
