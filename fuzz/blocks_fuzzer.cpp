// What clears and copies blocks, in arbitrary code. Seeds: functions of real binaries.
#include "core/insn/block_sites.h"
#include "core/insn/straight_values.h"
#include "fuzz/input.h"

using namespace lldbgo;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes code = std::as_bytes(std::span(data, size));
  BlockContext context;
  auto routine = decode_duff_routine(code);
  if (routine) {
    // What the header promises.
    fuzz::require(routine->size() <= size && !routine->entries.empty());
    std::uint64_t last = ~std::uint64_t{0};
    for (const DuffEntry& e : routine->entries) {
      fuzz::require(e.bytes == e.stores * 16 && e.bytes != 0);
      fuzz::require(last == ~std::uint64_t{0} || e.offset > last);
      fuzz::require(routine->step(e.offset) != nullptr && routine->entry(e.offset) != nullptr);
      fuzz::require(routine->remaining(e.offset) == e.bytes);
      last = e.offset;
    }
    context.duff = {{FileAddr(0x401000), &*routine}};
  }
  context.callees = {{FileAddr(0x401010), BlockDevice::memmove}, {FileAddr(0x401020), BlockDevice::memclr}};
  for (bool register_abi : {true, false}) {
    context.register_abi = register_abi;
    context.lines = register_abi ? std::vector<std::uint64_t>{} : std::vector<std::uint64_t>{0, 8, 32};
    std::uint64_t begin = 0;
    for (const BlockSite& site : find_block_sites(code, FileAddr(0x401000), context)) {
      fuzz::require(site.begin >= begin && site.lead <= site.begin && site.begin < site.end && site.end <= size);
      begin = site.begin;
      fuzz::require(is_copy(site.device) == site.source.has_value());
      fuzz::require(!site.loop ||
                    (site.loop->head >= site.begin && site.loop->end <= site.end && site.loop->rounds != 0));
      for (Reg reg : {Reg::rdi, Reg::rsp}) {
        (void)carried(code, site.lead, site.begin, reg);
        (void)carried_back(code, site.begin, site.end, reg);
      }
    }
  }
  return 0;
}
