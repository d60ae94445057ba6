// What the verbs of go-duff show: places that clear or copy a block, with their names and, at a stop, their state.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/command.h"
#include "commands/output.h"
#include "core/blocks/block_state.h"

namespace lldbgo {

/// A Go program, loaded or not.
struct DuffTarget {
  std::shared_ptr<const GoImage> image;
  GoProcess* process = nullptr;  ///< null: only its file is known, and addresses are link-time ones
  LoadAddr load(FileAddr a) const { return process != nullptr ? process->to_load(a) : LoadAddr(a.value); }
  FileAddr file(LoadAddr a) const { return process != nullptr ? process->to_file(a) : FileAddr(a.value); }
};
Result<DuffTarget> duff_target(Host& host);

struct PlaceView {
  Place place;
  std::string expression;         ///< "SP+0x68"
  std::string name;               ///< "" nothing names it
  std::optional<LoadAddr> first;  ///< absent: not known here
};

struct SiteView {
  Func func;
  BlockSite site;
  LoadAddr address;
  std::string function, file;  ///< of the innermost inlined call
  int line = 0;
  std::string statement;  ///< the source line, where it can be read; else ""
  std::string symbol;     ///< what is called; "" nothing
  PlaceView destination;
  std::optional<PlaceView> source;
  std::optional<BlockState> state;
  std::optional<std::uint64_t> bytes;  ///< of the site, or what registers say at the stop
};

/// `stop`: where the program stands in that function. `named`: look for names in the debug information.
SiteView site_view(const DuffTarget& target, const ImageBlocks& blocks, const Func& func, const BlockSite& site,
                   const BlockStop* stop, bool named);

Json site_json(const SiteView& view);

/// The text of `explain`.
Document explained(const DuffTarget& target, const ImageBlocks& blocks, const SiteView& view, std::size_t width);
/// What a version without Duff's device has in its place; empty where the version has it.
Document without_duff(const ImageBlocks& blocks, std::size_t width);

}  // namespace lldbgo
