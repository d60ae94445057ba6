// A place in a function where a block of memory is cleared or copied, and how.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/address.h"
#include "core/target/threads.h"

namespace lldbgo {

enum class BlockDevice { duffzero, duffcopy, inline_zero, inline_copy, rep_stos, rep_movs, memclr, memmove };
const char* block_device_name(BlockDevice d);  ///< "duffzero", "inline-zero", ...
bool is_duff(BlockDevice d);
bool is_copy(BlockDevice d);
/// The device lies in the function itself, not behind a call.
bool is_inline(BlockDevice d);

/// An address as the code computes it. Registers are meant as they are at BlockSite::begin.
struct Place {
  enum class Base {
    reg,    ///< reg + offset
    image,  ///< address, linked into the program
    word,   ///< what the word at SP + offset holds: an argument on the stack
  } base = Base::reg;
  Reg reg = Reg::rdi;
  std::int64_t offset = 0;
  FileAddr address;

  /// Where the base register had its value from, for a name: register `reg` as it was at code offset `at`, or the word
  /// at SP + `slot` there. Absent for SP and for an image address.
  struct Origin {
    std::uint64_t at = 0;
    Reg reg = Reg::rdi;
    std::optional<std::int64_t> slot;
    std::int64_t offset = 0;  ///< from that value to the place
  };
  std::optional<Origin> origin;
};

/// A store of an inline device: how far it has got behind it.
struct InlineStore {
  std::uint64_t end = 0;   ///< code offset behind the instruction
  std::uint64_t done = 0;  ///< distinct bytes written by then, counted from the loop's head or its end
};

/// The 64-byte loop of an inline device.
struct InlineLoop {
  std::uint64_t head = 0, moved = 0, counted = 0, end = 0;  ///< code offsets: first store; behind ADDQ of the
                                                            ///< destination, behind DECL, behind JNE
  Reg counter = Reg::rcx;
  std::uint64_t rounds = 0, step = 0;         ///< bytes a round
  std::optional<std::uint64_t> source_moved;  ///< behind ADDQ of the source
};

struct BlockSite {
  BlockDevice device = BlockDevice::duffzero;
  std::uint64_t lead = 0;               ///< first instruction that only serves the device: bias and BP save of a call
  std::uint64_t begin = 0;              ///< the call, or the first instruction of the device
  std::uint64_t end = 0;                ///< behind its last instruction
  std::optional<FileAddr> target;       ///< of a call
  std::optional<std::uint64_t> offset;  ///< of the target in the routine
  std::optional<std::uint64_t> bytes;   ///< distinct bytes written by the device alone; absent: not a constant
  std::optional<std::uint64_t> stores;  ///< store instructions executed; of REP: words
  Place destination;                    ///< of the first byte written
  std::int64_t adjust = 0;              ///< from DI, or the base register, at `begin` to the first byte written
  std::optional<Place> source;
  bool saves_bp = false;

  std::optional<InlineLoop> loop;
  std::vector<InlineStore> head_stores, tail_stores;      ///< inline: of one round or the whole run; behind the loop
  Reg destination_reg = Reg::rdi, source_reg = Reg::rsi;  ///< that the device addresses memory with
  std::int64_t destination_disp = 0, source_disp = 0;     ///< inline: of the first store and load
};

}  // namespace lldbgo
