// Registers say where a block operation has come to, but each device says it in its own way: DI in duffzero has been
// moved by a known sum of the instructions executed since the entry; a loop's counter tells the rounds left, and its
// pointer follows; REP counts CX down and DI up, and may stop between two words.
#include "core/blocks/block_state.h"

#include "core/insn/straight_values.h"

namespace lldbgo {
namespace {

class State {
 public:
  State(GoProcess& process, const ImageBlocks& blocks, const Func& func, const BlockSite& site, const BlockStop& stop)
      : process_(process), blocks_(blocks), func_(func), site_(site), stop_(stop), code_(blocks.code(func)) {
    out_.bytes = site.bytes;
  }

  BlockState run() {
    on_stack();
    if (stop_.in_callee) {
      if (is_duff(site_.device))
        in_duff(*stop_.in_callee);
      else if (*stop_.in_callee == 0)
        at_call();
      if (out_.where == BlockState::Where::elsewhere) out_.where = BlockState::Where::inside;
    } else if (!stop_.innermost) {
      return out_;
    } else if (stop_.offset <= site_.begin) {
      before();
    } else if (stop_.offset >= site_.end || !is_inline(site_.device)) {
      after();
    } else {
      inside();
    }
    return out_;
  }

 private:
  using Where = BlockState::Where;

  std::optional<std::uint64_t> reg(Reg r) const { return stop_.registers.get(r); }

  std::optional<LoadAddr> moved(std::optional<std::uint64_t> base, std::uint64_t by, std::int64_t minus) const {
    if (!base) return std::nullopt;
    return LoadAddr(*base).offset(minus) - by;
  }

  /// SP in the function's frame where the site is.
  std::optional<LoadAddr> site_sp() const {
    auto delta = blocks_.image().pclntab().sp_delta(func_, func_.entry + site_.begin);
    return delta ? std::optional(stop_.fp - 8 - *delta) : std::nullopt;
  }

  std::optional<LoadAddr> fixed(const Place& place) const {
    if (place.base == Place::Base::image) return process_.to_load(place.address);
    auto sp = site_sp();
    if (!sp || place.reg != Reg::rsp || place.base != Place::Base::reg) return std::nullopt;
    return sp->offset(place.offset);
  }

  void on_stack() {
    // Before the frame is set up, or while it is taken down, fp is where it will be all the same.
    out_.destination = fixed(site_.destination);
    if (site_.source) out_.source = fixed(*site_.source);
  }

  std::optional<std::uint64_t> word(std::int64_t sp_offset) {
    auto sp = site_sp();
    if (!sp) return std::nullopt;
    auto value = process_.memory().u64(sp->offset(sp_offset));
    return value ? std::optional(*value) : std::nullopt;
  }

  std::optional<LoadAddr> live(const Place& place) {
    if (place.base == Place::Base::word) {
      if (stop_.offset != site_.begin && !stop_.in_callee) return std::nullopt;
      auto value = word(place.offset);
      return value ? std::optional(LoadAddr(*value)) : std::nullopt;
    }
    if (auto at = fixed(place)) return at;
    std::uint64_t here = stop_.in_callee ? site_.begin : stop_.offset;
    auto value = carried(code_, here, site_.begin, place.reg);
    if (!value) return std::nullopt;
    auto base = reg(value->reg);
    if (!base) return std::nullopt;
    return LoadAddr(*base).offset(value->offset).offset(place.offset);
  }

  void at_call() {
    out_.destination = live(site_.destination);
    if (site_.source) out_.source = live(*site_.source);
    if (is_duff(site_.device) || out_.bytes) return;
    bool copy = is_copy(site_.device);
    if (is_inline(site_.device)) {
      if (auto words = reg(Reg::rcx); words && *words < (std::uint64_t{1} << 60)) out_.bytes = *words * 8;
    } else if (blocks_.image().register_abi()) {
      out_.bytes = reg(copy ? Reg::rcx : Reg::rbx);
    } else {
      out_.bytes = word(copy ? 16 : 8);
    }
  }

  void before() {
    if (stop_.offset == site_.begin) {
      out_.where = Where::inside;
      if (site_.device == BlockDevice::rep_stos || site_.device == BlockDevice::rep_movs) return in_rep();
      at_call();
      out_.done = 0;
      out_.remaining = out_.bytes;
      if (site_.loop) out_.rounds_left = site_.loop->rounds;
      return;
    }
    // Between here and there nothing may branch; that SP does not change otherwise follows from the tables.
    if (!carried(code_, stop_.offset, site_.begin, Reg::rsp)) return;
    out_.where = Where::before;
    out_.destination = live(site_.destination);
    if (site_.source) out_.source = live(*site_.source);
  }

  /// Registers at the device's end, in terms of those now.
  std::optional<std::uint64_t> at_end(Reg r, std::uint64_t end) const {
    auto value = carried_back(code_, end, stop_.offset, r);
    if (!value) return std::nullopt;
    auto now = reg(value->reg);
    return now ? std::optional(LoadAddr(*now).offset(value->offset).value) : std::nullopt;
  }

  void after() {
    // Behind the call, the restored BP counts as part of the device.
    std::uint64_t end = is_inline(site_.device) ? site_.end : call_end();
    if (stop_.offset < end || !carried_back(code_, end, stop_.offset, Reg::rsp)) return;
    out_.where = Where::after;
    if (!site_.bytes) return;
    bool advances =
        is_duff(site_.device) || site_.device == BlockDevice::rep_stos || site_.device == BlockDevice::rep_movs;
    if (advances) {
      if (!out_.destination) out_.destination = moved(at_end(Reg::rdi, end), *site_.bytes, 0);
      if (site_.source && !out_.source) out_.source = moved(at_end(Reg::rsi, end), *site_.bytes, 0);
    } else if (is_inline(site_.device)) {
      std::uint64_t by = site_.loop ? site_.loop->rounds * site_.loop->step : 0;
      if (!out_.destination) out_.destination = moved(at_end(site_.destination_reg, end), by, site_.destination_disp);
      if (site_.source && !out_.source) out_.source = moved(at_end(site_.source_reg, end), by, site_.source_disp);
    }
  }

  /// The call's return address: what restores BP follows it.
  std::uint64_t call_end() const {
    constexpr std::uint64_t kRelative = 5, kRegister = 3;
    return site_.begin + (code_.size() > site_.begin && code_[site_.begin] == std::byte{0xe8} ? kRelative : kRegister);
  }

  void in_duff(std::uint64_t at) {
    const DuffInImage* duff = blocks_.duff_of(site_.device);
    if (duff == nullptr || !site_.offset || !site_.bytes) return;
    std::int64_t di = 0, si = 0;
    std::uint64_t done = 0;
    bool met = false;
    for (const DuffStep& s : duff->routine.steps) {
      if (s.offset < *site_.offset) continue;
      if (s.offset == at) {
        met = true;
        break;
      }
      di += s.di;
      si += s.si;
      if (s.does == DuffStep::Does::store) done += s.size;
    }
    if (!met) return;
    out_.where = Where::inside;
    out_.done = done;
    out_.remaining = *site_.bytes - done;
    out_.destination = moved(reg(Reg::rdi), 0, site_.adjust - di);
    if (site_.source) out_.source = moved(reg(Reg::rsi), 0, site_.adjust - si);
  }

  void in_rep() {
    auto words = reg(Reg::rcx);
    out_.destination = std::nullopt;
    if (site_.source) out_.source = std::nullopt;
    if (!words || *words >= (std::uint64_t{1} << 60)) return;
    if (!out_.bytes) out_.bytes = *words * 8;  // as many as are left: what it began with is not known
    if (*words * 8 > *out_.bytes) return;
    out_.remaining = *words * 8;
    out_.done = *out_.bytes - *out_.remaining;
    out_.rounds_left = *words;
    out_.destination = moved(reg(Reg::rdi), *out_.done, 0);
    if (site_.source) out_.source = moved(reg(Reg::rsi), *out_.done, 0);
  }

  static std::uint64_t done_by(const std::vector<InlineStore>& stores, std::uint64_t offset) {
    std::uint64_t out = 0;
    for (const InlineStore& s : stores) {
      if (s.end <= offset) out = s.done;
    }
    return out;
  }

  void inside() {
    out_.where = Where::inside;
    std::uint64_t at = stop_.offset;
    if (!site_.loop) {
      finish(done_by(site_.head_stores, at), 0, 0);
      return;
    }
    const InlineLoop& loop = *site_.loop;
    std::uint64_t rounds = loop.rounds;
    if (at < loop.end) {
      auto counter = reg(loop.counter);
      if (!counter) return;
      std::uint64_t left = static_cast<std::uint32_t>(*counter);
      bool counted = at >= loop.counted;
      if (left > rounds || (left == 0 && !counted)) return;
      rounds -= left;  // whole ones done, the pointers moved for
      std::uint64_t in_this = counted ? 0 : done_by(site_.head_stores, at);
      std::uint64_t moved_by = rounds + (!counted && at >= loop.moved ? 1 : 0);
      std::uint64_t source_by = rounds + (!counted && loop.source_moved && at >= *loop.source_moved ? 1 : 0);
      out_.rounds_left = in_this < loop.step ? left : left - 1;  // nothing left to do but to count
      finish(rounds * loop.step + in_this, moved_by * loop.step, source_by * loop.step);
      return;
    }
    out_.rounds_left = 0;
    finish(rounds * loop.step + done_by(site_.tail_stores, at), rounds * loop.step, rounds * loop.step);
  }

  void finish(std::uint64_t done, std::uint64_t moved_by, std::uint64_t source_by) {
    out_.done = done;
    if (site_.bytes && done <= *site_.bytes) out_.remaining = *site_.bytes - done;
    if (!out_.destination) out_.destination = moved(reg(site_.destination_reg), moved_by, site_.destination_disp);
    if (site_.source && !out_.source) out_.source = moved(reg(site_.source_reg), source_by, site_.source_disp);
  }

  GoProcess& process_;
  const ImageBlocks& blocks_;
  const Func& func_;
  const BlockSite& site_;
  const BlockStop& stop_;
  Bytes code_;
  BlockState out_;
};

}  // namespace

BlockState block_state(GoProcess& process, const ImageBlocks& blocks, const Func& func, const BlockSite& site,
                       const BlockStop& stop) {
  return State(process, blocks, func, site, stop).run();
}

}  // namespace lldbgo
