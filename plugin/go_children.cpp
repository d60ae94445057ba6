#include "plugin/go_children.h"

#include <fmt/format.h>
#include <lldb/API/LLDB.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/lldb_text.h"
#include "plugin/session_of.h"
#include "plugin/value_of.h"

namespace lldbgo {
namespace {

/// The name of what children lie below: it stands in the expressions of all that is unfolded from them, and says what
/// was unfolded before. Nothing else tells a value where it lies.
class Lineage {
 public:
  static Lineage of(lldb::SBValue value) {
    Lineage out;
    lldb::SBStream path;
    if (!value.GetExpressionPath(path) || path.GetData() == nullptr) return out;
    std::string_view text(path.GetData(), path.GetSize());
    std::size_t begin = text.find(kBegin), end = text.find('>', begin);
    if (end != std::string_view::npos) out.unfolded_ = text.substr(begin + kBegin.size(), end - begin - kBegin.size());
    return out;
  }

  unsigned depth() const { return static_cast<unsigned>(std::count(unfolded_.begin(), unfolded_.end(), '/')); }
  /// The value's children were unfolded before, so that it lies within itself.
  bool has(const Child& first) const { return unfolded_.find(key(first)) != std::string::npos; }
  std::string below(const Child& first) const { return std::string(kBegin) + unfolded_ + key(first) + '>'; }

 private:
  static constexpr std::string_view kBegin = "<elements ";

  static std::string key(const Child& child) {
    std::uint64_t address = child.value.address ? child.value.address->value : 0;
    return fmt::format("{:x}:{:x}/", address, std::hash<std::string>()(child.value.type->name) & 0xffff);
  }

  std::string unfolded_;
};

/// The children of one value at one stop. LLDB asks again (open) after each stop; what it asks of an older one is
/// refused.
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
    // A structure's fields are LLDB's own children; an atomic value's are those of what it holds.
    bool fields = go && go->type->kind == TypeKind::structure && !go->type->name.starts_with("sync/atomic.");
    if (!go || fields) return nullptr;
    out->lineage_ = Lineage::of(value);
    out->children_ = out->reader_->children(*go, out->lineage_.depth());
    if (out->children_.size() != 0 && out->lineage_.has(out->children_.at(0))) out->children_ = {};
    return out.release();
  }

  std::size_t count() const { return children_.size(); }

  bool child(std::size_t index, lldb::SBValue& into) {
    std::lock_guard one_at_a_time(session_->mutex());
    if (index >= children_.size() || !(making_many_ || current())) return false;
    Child child = children_.at(index);
    if (!child.value.type) return false;
    if (child.key) return entry(child, into);
    const lldb::SBType* type = type_of(child);
    if (type == nullptr) return false;
    if (child.value.address) {
      into = at_address(child.name.c_str(), child.value.address->value, child.value.type->size, *type);
    } else {
      std::vector<std::byte> bytes(child.value.bytes.size());
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto byte = child.value.bytes.word(i, 1);
        if (!byte) return false;
        bytes[i] = static_cast<std::byte>(*byte);
      }
      return from_bytes(child, bytes, *type, into);
    }
    return into.IsValid();
  }

  /// LLDB comes back to child() for each of [from, end).
  void ahead(lldb::SBValue value, std::size_t from, std::size_t end) {
    std::lock_guard one_at_a_time(session_->mutex());
    if (!current()) return;
    lldb::SBValue whole = value.GetNonSyntheticValue();
    whole.SetPreferSyntheticValue(true);
    whole.SetPreferDynamicValue(lldb::eNoDynamicValues);
    making_many_ = true;
    for (std::size_t i = from; i < std::min(end, children_.size()); ++i)
      whole.GetChildAtIndex(i, lldb::eNoDynamicValues, false);
    making_many_ = false;
  }

  long index_of(const char* name) {
    std::lock_guard one_at_a_time(session_->mutex());
    auto found = current() ? children_.index_of(name) : std::nullopt;
    return found ? static_cast<long>(*found) : -1;
  }

 private:
  /// A value at an offset from another is made and kept by LLDB for less than one that stands alone.
  lldb::SBValue at_address(const char* name, std::uint64_t address, std::uint64_t size, const lldb::SBType& type) {
    constexpr std::uint64_t kBefore = std::uint64_t{1} << 30, kReach = kBefore * 2;  // LLDB's offsets have 32 bits
    if (!origin_.IsValid()) {
      origin_at_ = std::max(address, kBefore + 4096) - kBefore;  // at 0 it would be the target of a null pointer
      // Nothing reads an array as a whole, so it may lie where no memory is.
      lldb::SBType bytes = target_.GetBasicType(lldb::eBasicTypeUnsignedChar).GetArrayType(1);
      origin_ = value_.CreateValueFromAddress(lineage_.below(children_.at(0)).c_str(), origin_at_, bytes);
      // Children inherit it, and LLDB would look for the children of each before anybody asks.
      origin_.SetPreferSyntheticValue(false);
      origin_.SetPreferDynamicValue(lldb::eNoDynamicValues);
    }
    std::uint64_t offset = address - origin_at_;
    if (offset < kReach && size != 0)
      return origin_.CreateChildAtOffset(name, static_cast<std::uint32_t>(offset), type);
    return kept(value_.CreateValueFromAddress(name, address, type));
  }

  /// LLDB holds bare addresses of the children it was given.
  lldb::SBValue kept(lldb::SBValue child) {
    kept_.push_back(child);
    return child;
  }

  /// LLDB finds no name that begins with "struct " or has none of its own; the values of a map are known by their
  /// entry.
  const lldb::SBType* type_of(const Child& child) {
    if (last_type_of_ != child.value.type) {
      last_type_ = session_->type_named(target_, child.value.type->name);
      if (!last_type_)
        if (auto entry = entry_type()) last_type_ = entry->GetFieldAtIndex(1).GetType();
      last_type_of_ = child.value.type;
    }
    return last_type_ ? &*last_type_ : nullptr;
  }

  /// The structure that the bridge adds for this map's entries.
  std::optional<lldb::SBType> entry_type() {
    std::string name = text_of(value_.GetNonSyntheticValue().GetTypeName());
    return name.starts_with("map[") ? session_->type_named(target_, "entry " + name) : std::nullopt;
  }

  /// Key and value as one structure of copied bytes.
  bool entry(const Child& child, lldb::SBValue& into) {
    auto type = entry_type();
    if (!type || type->GetNumberOfFields() != 2) return false;
    std::vector<std::byte> bytes(type->GetByteSize());
    const GoValue* parts[] = {&*child.key, &child.value};
    for (std::uint32_t i = 0; i < 2; ++i) {
      const GoValue& part = *parts[i];
      std::uint64_t at = type->GetFieldAtIndex(i).GetOffsetInBytes();
      if (!part.address || at > bytes.size() || part.type->size > bytes.size() - at) return false;
      auto into_entry = std::span(bytes).subspan(at, part.type->size);
      if (!into_entry.empty() && !process_->process().memory().read_exact(*part.address, into_entry)) return false;
    }
    return from_bytes(child, bytes, *type, into);
  }

  bool from_bytes(const Child& child, std::vector<std::byte>& bytes, lldb::SBType type, lldb::SBValue& into) {
    lldb::SBError error;
    lldb::SBData data;
    data.SetData(error, bytes.data(), bytes.size(), lldb::eByteOrderLittle, 8);
    into = kept(value_.CreateValueFromData(child.name.c_str(), data, type));
    return into.IsValid();
  }

  GoChildren(lldb::SBValue value, std::shared_ptr<Session> session, ProcessSession* process)
      : value_(value),
        target_(value.GetTarget()),
        session_(std::move(session)),
        stop_(target_.GetProcess().GetStopID()),
        process_(process),
        reader_(new ValueReader(process->process())) {}

  bool current() { return target_.GetProcess().GetStopID() == stop_ && session_->at_this_stop(target_) == process_; }

  lldb::SBValue value_;
  lldb::SBTarget target_;
  std::shared_ptr<Session> session_;
  std::uint32_t stop_;
  ProcessSession* process_;
  std::unique_ptr<ValueReader> reader_;
  Children children_;
  lldb::SBValue origin_;  // below most children; part of their expressions, so its name is no variable's
  std::uint64_t origin_at_ = 0;
  Lineage lineage_;  // of the value itself
  std::vector<lldb::SBValue> kept_;
  bool making_many_ = false;  // nothing can run between two of them, so one look at the process is enough
  // Each call of LLDB's API puts its arguments into words, whether anybody logs them or not: elements share a type.
  decltype(GoValue::type) last_type_of_{};
  std::optional<lldb::SBType> last_type_;
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
      .ahead =
          [](void* children, void* value, unsigned long from, unsigned long end) {
            guarded(0, [&] {
              static_cast<GoChildren*>(children)->ahead(*static_cast<lldb::SBValue*>(value), from, end);
              return 0;
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
