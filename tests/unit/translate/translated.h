// Translated copies of the sample binaries.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/translate/translate.h"
#include "tests/unit/dwarf/sample_dwarf.h"

namespace lldbgo::testing {

/// A file without a name.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("translated", MFD_CLOEXEC)) {}
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  int descriptor() const { return descriptor_; }
  /// As long as the object lives.
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

struct Translated {
  std::shared_ptr<const ElfFile> original, copy;
  Translation done;
};

inline Translated translated(std::shared_ptr<const ElfFile> elf) {
  auto image = GoImage::from_elf(elf);
  INFO((image ? "" : image.error().text()));
  REQUIRE(image);
  MemoryFile file;
  auto done = translate(**image, file.descriptor());
  INFO((done ? "" : done.error().text()));
  REQUIRE(done);
  auto copy = ElfFile::open(file.path());
  INFO((copy ? "" : copy.error().text()));
  REQUIRE(copy);
  return {elf, *copy, *done};
}

inline const std::vector<std::string>& variants() {
  static const std::vector<std::string> all{"plain", "uncompressed", "noopt", "pie", "cgo", "cgo-pie"};
  return all;
}

}  // namespace lldbgo::testing
