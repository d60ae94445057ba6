#include "plugin/go_children.h"

#include <lldb/API/LLDB.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "plugin/lldb_text.h"
#include "plugin/session_of.h"
#include "plugin/value_of.h"

namespace lldbgo {
namespace {

/// The children of one value at one stop. LLDB asks again (open) after each stop; what it asks of an older one is refused.
class GoChildren {
 public:
  static GoChildren* open(lldb::SBValue value) {
    lldb::SBTarget target = value.GetTarget();
    std::shared_ptr<Session> session = session_of(target.GetDebugger());
    if (session == nullptr) return nullptr;
    std::lock_guard one_at_a_time(session->mutex());
    ProcessSession* process = session->at_this_stop(target);
    if (process == nullptr) return nullptr;
    auto out = std::unique_ptr<GoChildren>(new GoChildren(value, session, process));
    auto go = go_value(value, *out->reader_);
    // A structure's fields are LLDB's own children.
    if (!go || go->type->kind == TypeKind::structure) return nullptr;
    out->children_ = out->reader_->children(*go);
    return out.release();
  }

  std::size_t count() const { return children_.size(); }

  bool child(std::size_t index, lldb::SBValue& into) {
    std::lock_guard one_at_a_time(session_->mutex());
    if (index >= children_.size() || !current()) return false;
    Child child = children_.at(index);
    if (!child.value.type) return false;
    auto type = session_->type_named(target_, child.value.type->name);
    if (!type) return false;
    if (child.value.address) {
      into = value_.CreateValueFromAddress(child.name.c_str(), child.value.address->value, *type);
    } else {
      std::vector<std::byte> bytes(child.value.bytes.size());
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto byte = child.value.bytes.word(i, 1);
        if (!byte) return false;
        bytes[i] = static_cast<std::byte>(*byte);
      }
      lldb::SBError error;
      lldb::SBData data;
      data.SetData(error, bytes.data(), bytes.size(), lldb::eByteOrderLittle, 8);
      into = value_.CreateValueFromData(child.name.c_str(), data, *type);
    }
    return into.IsValid();
  }

  long index_of(const char* name) {
    std::lock_guard one_at_a_time(session_->mutex());
    auto found = current() ? children_.index_of(name) : std::nullopt;
    return found ? static_cast<long>(*found) : -1;
  }

 private:
  GoChildren(lldb::SBValue value, std::shared_ptr<Session> session, ProcessSession* process)
      : value_(value), target_(value.GetTarget()), session_(std::move(session)),
        stop_(target_.GetProcess().GetStopID()), process_(process), reader_(new ValueReader(process->process())) {}

  bool current() {
    return target_.GetProcess().GetStopID() == stop_ && session_->at_this_stop(target_) == process_;
  }

  lldb::SBValue value_;
  lldb::SBTarget target_;
  std::shared_ptr<Session> session_;
  std::uint32_t stop_;
  ProcessSession* process_;
  std::unique_ptr<ValueReader> reader_;
  Children children_;
};

template <class Result, class Body>
Result guarded(Result otherwise, Body body) noexcept {
  try {
    return body();
  } catch (...) {  // Python is above us
    return otherwise;
  }
}

}  // namespace

const LldbGoChildrenApi& children_api() {
  static const LldbGoChildrenApi api{
      .open = [](void* value) -> void* {
        return guarded<void*>(nullptr, [&] { return GoChildren::open(*static_cast<lldb::SBValue*>(value)); });
      },
      .count = [](void* children) -> unsigned long { return static_cast<GoChildren*>(children)->count(); },
      .child = [](void* children, unsigned long index, void* into) -> int {
        return guarded(0, [&] {
          return static_cast<GoChildren*>(children)->child(index, *static_cast<lldb::SBValue*>(into)) ? 1 : 0;
        });
      },
      .index_of = [](void* children, const char* name) -> long {
        return guarded(-1L, [&] { return static_cast<GoChildren*>(children)->index_of(name); });
      },
      .close = [](void* children) { delete static_cast<GoChildren*>(children); },
  };
  return api;
}

}  // namespace lldbgo
