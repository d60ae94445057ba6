// core/insn/write_barrier over arbitrary code. Seeds: functions of real binaries.
#include "core/insn/write_barrier.h"
#include "fuzz/input.h"

using namespace lldbgo;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input in(data, size);
  unsigned kind = in.u8();
  if (size < 1) return 0;
  Bytes code = std::as_bytes(std::span(data + 1, size - 1));
  // Every fourth address is a routine: many calls meet one.
  auto at = [&](FileAddr target) -> std::optional<BarrierRoutine> {
    if (target.value % 4 != 0) return std::nullopt;
    const auto& names = barrier_routine_names();
    return barrier_routine(names[(kind + target.value / 4) % names.size()]);
  };
  for (const BarrierSite& site : barrier_sites(code, FileAddr(0x401000), at, std::nullopt)) {
    fuzz::require(site.call < site.call_end && site.call_end <= code.size());
    fuzz::require(site.records.size() <= 8 && (!site.decoded() || site.records.size() == site.what.words));
    for (const BarrierRecord& record : site.records) {
      fuzz::require(record.at < code.size());
      operand_text(record.source, {});
    }
    for (const BarrierStep& step : site.steps) fuzz::require(step.at < code.size());
  }
  return 0;
}
