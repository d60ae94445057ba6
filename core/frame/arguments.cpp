#include "core/frame/arguments.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/frame/argument_places.h"
#include "core/frame/untyped_arguments.h"
#include "core/values/format.h"

namespace lldbgo {
namespace {

Argument typed(const FrameContext& c, const Parameter& p) {
  Argument out;
  out.name = p.name;
  out.result = p.result;
  out.in_registers = p.place.in_registers();
  for (const AbiWord& w : p.place.words) out.registers.push_back(w.reg.go_name());
  out.offset_fp = p.place.offset_fp;
  if (!p.type) return out;
  out.type = printable(p.type->name, 200);
  out.size = p.type->size;
  ValueBytes bytes(std::min(p.type->size, kMaxArgumentBytes));
  out.status = gather_argument(c, p, bytes);
  // A value whose status is unknown may be garbage: it stays in its slot, where its word can be seen.
  bool shown = out.status == ArgStatus::live || out.status == ArgStatus::stale;
  if (shown && (p.type->size == 0 || bytes.has(0, bytes.size()))) {
    ValueContext context = value_context(c.process, c.process.memory());
    out.value = format_value(context, *p.type, bytes);
    out.brief = format_brief(context, *p.type, bytes);
  } else {
    out.unavailable = bytes.why_missing.empty() ? "nothing tells whether its place holds it" : bytes.why_missing;
  }
  return out;
}

}  // namespace

std::vector<Argument> arguments(const FrameContext& c, const Prototype& prototype) {
  if (prototype.parameters.empty()) return untyped_arguments(c);
  std::vector<Argument> out;
  for (const Parameter& p : prototype.parameters) out.push_back(typed(c, p));
  return out;
}

}  // namespace lldbgo
