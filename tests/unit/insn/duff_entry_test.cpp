// Entries of Duff's devices, against the compiler's own arithmetic (cmd/compile/internal/amd64/ggen.go dzOff, 1.15
// - 1.25).
#include "core/insn/duff_entry.h"

#include "tests/unit/catch.h"

using namespace lldbgo;

TEST_CASE("every entry that the compiler uses tells its size") {
  struct Form {
    std::uint64_t block, store, size;
  };
  for (Form form : {Form{19, 4, 305}, Form{23, 5, 369}}) {
    for (std::uint64_t bytes = 32; bytes <= 1024; bytes += 16) {
      std::uint64_t offset = 16 * form.block - bytes / 64 * form.block;
      if (std::uint64_t tail = bytes % 64; tail >= 16) offset -= 4 + form.store * (tail / 16);
      CAPTURE(form.block, bytes, offset);
      CHECK(duff_bytes(DuffRoutine::zero, offset, form.size) == bytes);
    }
  }
  for (std::uint64_t bytes = 16; bytes <= 1024; bytes += 16) {
    CHECK(duff_bytes(DuffRoutine::copy, 14 * (64 - bytes / 16), 897) == bytes);
  }
}

TEST_CASE("no other place is an entry") {
  CHECK_FALSE(duff_bytes(DuffRoutine::zero, 1, 369));
  CHECK_FALSE(duff_bytes(DuffRoutine::zero, 368, 369));  // RET
  CHECK_FALSE(duff_bytes(DuffRoutine::zero, 0, 370));    // another routine
  CHECK_FALSE(duff_bytes(DuffRoutine::zero, ~std::uint64_t{0}, 369));
  CHECK_FALSE(duff_bytes(DuffRoutine::copy, 13, 897));
  CHECK_FALSE(duff_bytes(DuffRoutine::copy, 896, 897));
  CHECK_FALSE(duff_bytes(DuffRoutine::copy, 0, 305));
}
