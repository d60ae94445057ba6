// What clears and copies blocks of memory in one Go program: its Duff's device, and every place of a function that uses
// it or something in its stead.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/gofacts/duff_facts.h"
#include "core/gofacts/go_image.h"
#include "core/insn/block_sites.h"

namespace lldbgo {

/// A routine found in the program.
struct DuffInImage {
  FileAddr at;
  std::string name;  ///< "runtime.duffzero"
  DuffRoutine routine;
  /// How it differs from what the program's Go version has; "" not at all.
  std::string mismatch;
  bool by_code = false;  ///< the program's tables do not name it
};

class ImageBlocks {
 public:
  explicit ImageBlocks(std::shared_ptr<const GoImage> image);
  ImageBlocks(const ImageBlocks&) = delete;
  ImageBlocks& operator=(const ImageBlocks&) = delete;

  const GoImage& image() const { return *image_; }
  /// What the version should have.
  const DuffFacts& facts() const { return facts_; }
  const std::vector<DuffInImage>& duff() const { return duff_; }
  const DuffInImage* duff_at(FileAddr pc) const;  ///< the routine that contains pc; nullptr none
  const DuffInImage* duff_of(BlockDevice device) const;

  std::vector<BlockSite> sites(const Func& func) const;
  /// False: there is no call of Duff's device in it. Much cheaper than `sites`.
  bool may_call_duff(const Func& func) const;
  Bytes code(const Func& func) const;

 private:
  void find_duff();
  std::optional<DuffInImage> decoded(const Func& func) const;

  std::shared_ptr<const GoImage> image_;
  DuffFacts facts_;
  std::vector<DuffInImage> duff_;
  BlockContext context_;  // of a compiled function, without lines
};

/// "runtime.memmove" of a call that is not to Duff's device; "" for an inline one.
std::string callee_name(const GoImage& image, const BlockSite& site);

}  // namespace lldbgo
