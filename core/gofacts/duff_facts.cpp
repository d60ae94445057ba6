#include "core/gofacts/duff_facts.h"

#include "core/gofacts/since.h"

namespace lldbgo {
namespace {

// runtime/duff_amd64.s, measured in binaries of 1.15, 1.19, 1.21 - 1.27. 1.26 has no such file: cmd/compile writes
// loops (cmd/compile/internal/amd64/ssa.go LoweredZeroLoop, LoweredMoveLoop).
constexpr Since<DuffFacts> kDuff[] = {
    {15, {true, 305, 897, 16, 64, 0, 0, 1024}},
    {17, {true, 369, 897, 16, 64, 15, 0, 1024}},
    {26, {}},
};
static_assert(rows_ascend(kDuff));

}  // namespace

DuffFacts duff_facts(const GoVersion& version) {
  return since(kDuff, version);
}

}  // namespace lldbgo
