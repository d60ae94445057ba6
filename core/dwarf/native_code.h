// Code that is not Go: which image a pc lies in, its symbol, and the call frame information to step over it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/address.h"
#include "core/dwarf/dwarf_info.h"
#include "core/elf/elf_file.h"
#include "core/target/images.h"
#include "core/target/memory.h"

namespace lldbgo {

struct NativeLocation {
  std::string image;          ///< base name of the file, "" for code in no file (the vDSO, generated code)
  std::string symbol;         ///< "" unknown
  std::uint64_t offset = 0;   ///< pc - symbol
  std::optional<CfiRow> cfi;  ///< absent: no call frame information covers the pc
};

/// The file that an address was mapped from.
struct MappedImage {
  std::string path;
  Slide slide;
  std::shared_ptr<const ElfFile> elf;
};

/// Opens files on first need and keeps them; the list of images is asked again when a pc is in none of them. A file
/// whose build id is not the one in memory has been replaced since the process mapped it, and is not believed.
class NativeCode {
 public:
  /// The ports must outlive the object.
  NativeCode(Images& images, Memory& memory);
  ~NativeCode();

  /// `lookup` is the address to look up: pc-1 for a return address. Empty: in no image's executable segment.
  std::optional<NativeLocation> at(LoadAddr pc, LoadAddr lookup);
  /// The image that has a segment at this address, code or data. Empty: none, as after refreshing the list.
  std::optional<MappedImage> image_at(LoadAddr at);

 private:
  struct Mapped;
  Mapped* find(LoadAddr pc, bool executable = true);
  void refresh();

  Images& images_;
  Memory& memory_;
  std::vector<std::unique_ptr<Mapped>> mapped_;
};

}  // namespace lldbgo
