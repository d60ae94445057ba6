// Second opinions on a frame. None of them changes what is shown; a disagreement is printed beside it.
#include "core/base/text.h"
#include "core/unwind/walk.h"

namespace lldbgo {
namespace {

class Verdict {
 public:
  explicit Verdict(PhysicalFrame& frame) : frame_(frame) {}
  void agree(std::string what) {
    frame_.checked.push_back(std::move(what));
    if (frame_.checks == Checks::none) frame_.checks = Checks::agree;
  }
  void disagree(std::string what) {
    frame_.checked.push_back("disagrees: " + what);
    frame_.checks = Checks::disagree;
  }

 private:
  PhysicalFrame& frame_;
};

}  // namespace

void Walk::cross_check(PhysicalFrame& frame, const Outward& next) {
  if (!frame.func) return;
  Verdict verdict(frame);
  const Func& func = *frame.func;

  // .debug_frame is written from pcsp by the linker, so it shows damage of either, not a mistake of both.
  if (const CallFrameInfo* cfi = process_.image().cfi(); cfi != nullptr && frame.sp_delta) {
    if (auto row = cfi->row(process_.to_file(frame.pc)); row && row->cfa_register == static_cast<unsigned>(Reg::rsp)) {
      std::int64_t expected = static_cast<std::int64_t>(*frame.sp_delta) + 8;
      if (row->cfa_offset == expected) {
        verdict.agree("pcsp and CFI agree");
      } else {
        verdict.disagree("pcsp says CFA = SP" + signed_hex(expected) + ", CFI says SP" + signed_hex(row->cfa_offset));
      }
    }
  }

  // In the body of a Go function BP points at the slot that holds the caller's BP (obj6.go, every version).
  if (frame.bp_slot && frame.bp) {
    const Prologue& prologue = prologue_of(func);
    if (prologue.bp_is_set(frame.pc_offset) && frame.pc_is_return) {
      if (*frame.bp == *frame.bp_slot) {
        verdict.agree("saved-BP chain agrees");
      } else {
        verdict.disagree("BP is " + hex(frame.bp->value) + ", but the saved BP lies at " + hex(frame.bp_slot->value));
      }
    }
  }

  // Whoever called us did so with a call instruction right before the return address.
  const Cursor* caller = std::get_if<Cursor>(&next);
  if (caller == nullptr || !caller->pc_is_return || caller->found_by != FoundBy::pcsp) return;
  auto caller_func = process_.func(caller->pc);
  if (caller_func && (caller_func->id == FuncId::goexit || caller_func->entry == process_.to_file(caller->pc))) return;
  // gosave_systemstack_switch stores a pc that no call made, and cgocallback puts it on the stack as a return address.
  if (caller_func && caller_func->id == FuncId::systemstack_switch) return;
  if (caller_func && caller_func->name == "runtime.systemstack_switch") return;
  if (follows_call(caller->pc)) {
    verdict.agree("return address follows a call");
  } else {
    verdict.disagree("return address " + hex(caller->pc.value) + " does not follow a call instruction");
  }
}

}  // namespace lldbgo
