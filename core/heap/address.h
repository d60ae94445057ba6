// What any 64-bit value is, taken as an address: code, a variable, an object of the heap, a slot of a stack, or
// nothing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/heap/gc_state.h"
#include "core/heap/spans.h"
#include "core/heap/stack_places.h"
#include "core/sched/go_process.h"
#include "core/sched/scheduler.h"

namespace lldbgo {

/// What a pointer leads to: the object of go-wb and go-where.
struct ObjectFacts {
  enum class Kind { heap, stack, data, bss, rodata, nil, unknown } kind = Kind::unknown;
  std::optional<LoadAddr> base;       ///< of the object, variable or slot
  std::optional<std::uint64_t> size;  ///< of the heap's slot, or of the symbol
  std::optional<LoadAddr> span;
  std::optional<std::uint8_t> span_class;
  std::optional<std::uint64_t> index;
  std::optional<bool> allocated;
  std::optional<bool> marked;  ///< absent: not known, or no cycle runs
  std::uint64_t header = 0;    ///< bytes of the slot in front of what the program sees
  std::string type;            ///< of the object, or of the elements of an array; "" unknown
  std::string symbol;
  std::string field;                ///< "[2].next"; "" unknown
  std::optional<StackPlace> stack;  ///< of a stack only
};
const char* object_kind_name(ObjectFacts::Kind kind);

struct AddressFacts {
  enum class Kind { function, symbol, heap, stack, mapped, unmapped } kind = Kind::unmapped;
  LoadAddr address;
  std::string symbol;        ///< function, variable; "" unknown
  std::uint64_t offset = 0;  ///< from the symbol, or from the object's base
  std::string section;       ///< ".noptrbss"; "" unknown
  std::string module;        ///< base name of the file; "" none
  std::string file;          ///< of code
  int line = 0;
  std::optional<StackPlace> stack;
  std::optional<ObjectFacts> object;
  std::optional<MemoryRegion> region;  ///< mapped and unmapped only
  std::string note;                    ///< what else there is to say: "free pages of the heap"
};
const char* address_kind_name(AddressFacts::Kind kind);

/// A reader of one stop. Whatever it cannot find out it leaves empty; nothing a target holds makes it fail.
class Addresses {
 public:
  /// `scheduler` may be null: then no stack is known. All must outlive the object.
  Addresses(GoProcess& process, const Scheduler* scheduler);

  AddressFacts where(LoadAddr at);
  /// Only what a pointer leads to, and of that no more than is quick.
  ObjectFacts object(LoadAddr at);

  const GcState& gc() const { return gc_; }
  /// Absent where the layout is not known.
  const std::optional<HeapLayout>& layout() const { return layout_; }
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  bool in_image(LoadAddr at, AddressFacts& out);
  void describe_code(LoadAddr at, AddressFacts& out);
  void describe_variable(const GoImage& image, AddressFacts& out);
  std::optional<HeapPlace> heap_place(LoadAddr at);
  ObjectFacts heap_object(const HeapSpan& span, LoadAddr at);
  void type_of_object(LoadAddr at, const HeapObject& object, ObjectFacts& out);
  std::optional<StackPlace> stack_place(LoadAddr at);

  GoProcess& process_;
  std::optional<HeapLayout> layout_;
  GcState gc_;
  std::optional<Heap> heap_;
  std::optional<StackPlaces> stacks_;
  std::map<LoadAddr, std::optional<HeapPlace>> places_;  // by page
  std::vector<std::string> problems_;
};

}  // namespace lldbgo
