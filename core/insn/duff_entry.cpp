// duffzero is 16 blocks of four 16-byte stores and a LEAQ that moves DI on; the first store of a block is a byte
// shorter for want of a displacement. duffcopy is 64 blocks that copy 16 bytes each. A call for a number of bytes that
// is no whole number of duffzero's blocks enters the block before at one of its later stores
// (cmd/compile/internal/amd64/ggen.go).
#include "core/insn/duff_entry.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kStore = 16;

struct ZeroForm {
  std::uint64_t block, first_store, store;  // bytes of code
};
constexpr ZeroForm kZeroForms[] = {{19, 3, 4}, {23, 4, 5}};  // X0, up to 1.16; X15
constexpr std::uint64_t kZeroBlocks = 16, kStores = 4;
constexpr std::uint64_t kCopyBlocks = 64, kCopyBlock = 14;

}  // namespace

std::optional<std::uint64_t> duff_bytes(DuffRoutine routine, std::uint64_t offset, std::uint64_t size) {
  if (routine == DuffRoutine::copy) {
    if (size != kCopyBlocks * kCopyBlock + 1 || offset % kCopyBlock != 0 || offset + 1 >= size) return std::nullopt;
    return (kCopyBlocks - offset / kCopyBlock) * kStore;
  }
  for (const ZeroForm& form : kZeroForms) {
    if (size != kZeroBlocks * form.block + 1 || offset + 1 >= size) continue;
    std::uint64_t left = kZeroBlocks - offset / form.block, inside = offset % form.block;
    if (inside == 0) return left * kStores * kStore;
    if (inside < form.first_store || (inside - form.first_store) % form.store != 0) return std::nullopt;
    std::uint64_t done = 1 + (inside - form.first_store) / form.store;
    if (done >= kStores) return std::nullopt;
    return (left * kStores - done) * kStore;
  }
  return std::nullopt;
}

}  // namespace lldbgo
