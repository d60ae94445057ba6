// Byte offsets of the runtime.g and runtime.m fields that scheduling and unwinding read, resolved once per image.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/error.h"
#include "core/gofacts/go_image.h"

namespace lldbgo {

struct RuntimeLayout {
  struct {
    std::uint64_t stack_lo, stack_hi, m, sched_sp, sched_pc, sched_bp, syscallsp, syscallpc, atomicstatus, goid,
        waitreason, gopc, startpc;
    std::optional<std::uint64_t> syscallbp;   // 1.23+
    std::optional<std::uint64_t> parent_goid; // 1.21+
    std::uint64_t bytes;                      // how much of a g has to be read
  } g{};
  struct {
    std::uint64_t g0, gsignal, curg, procid, alllink, vdso_sp, vdso_pc;
    std::uint64_t bytes;
  } m{};
  Provenance from = Provenance::dwarf;  ///< the weakest source any offset came from

  /// Errors: not_found (a required field is neither in DWARF nor in the tables).
  static Result<RuntimeLayout> resolve(const GoImage& image);
};

}  // namespace lldbgo
