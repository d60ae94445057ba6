#include "core/frame/frame_map.h"

namespace lldbgo {

const char* slot_kind_name(SlotKind k) {
  switch (k) {
    case SlotKind::return_address:
      return "return_address";
    case SlotKind::saved_bp:
      return "saved_bp";
    case SlotKind::arg:
      return "arg";
    case SlotKind::result:
      return "result";
    case SlotKind::spill:
      return "spill";
    case SlotKind::local:
      return "local";
    case SlotKind::temp:
      return "temp";
    case SlotKind::outgoing:
      return "outgoing";
    case SlotKind::padding:
      return "padding";
    case SlotKind::unknown:
      return "unknown";
  }
  return "unknown";
}

const char* pointerness_name(Pointerness p) {
  return p == Pointerness::pointer ? "pointer" : p == Pointerness::scalar ? "scalar" : "unknown";
}

const char* liveness_name(Liveness l) {
  return l == Liveness::yes ? "yes" : l == Liveness::no ? "no" : "unknown";
}

const char* arg_status_name(ArgStatus s) {
  switch (s) {
    case ArgStatus::live:
      return "live";
    case ArgStatus::stale:
      return "stale";
    case ArgStatus::dead:
      return "dead";
    case ArgStatus::unknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace lldbgo
