#include "core/gofacts/heap_facts.h"

#include "core/gofacts/since.h"

namespace lldbgo {
namespace {

// runtime/mwbbuf.go, wbBufEntryPointers
constexpr Since<bool> kPairs[] = {{15, true}, {21, false}};
// runtime/mbitmap_allocheaders.go, from 1.23 on mbitmap.go
constexpr Since<bool> kHeaders[] = {{15, false}, {22, true}};

static_assert(rows_ascend(kPairs) && rows_ascend(kHeaders));

}  // namespace

HeapFacts heap_facts(const GoVersion& version) {
  return {since(kPairs, version), since(kHeaders, version) && !version.experiment("noallocheaders")};
}

}  // namespace lldbgo
