// The runtime's own type descriptors (internal/abi.Type): the type of what an interface holds, and all there is to know
// of a type that the debug information does not describe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/dwarf/type.h"
#include "core/target/memory.h"

namespace lldbgo {

/// What the descriptors of one program are like.
struct RuntimeTypes {
  Range<LoadAddr> section;             ///< moduledata.types .. etypes: offsets of types and names count from its start
  bool varint_names = true;            ///< 1.17+: a name's length is a uvarint; before: two bytes, big-endian
  bool shifted_field_offsets = false;  ///< until 1.18
  /// The type whose descriptor has that offset, as the debug information describes it; null where it does not. May be
  /// empty.
  std::function<TypePtr(std::uint64_t)> described;
};

struct RuntimeType {
  std::string name;     ///< "main.T", "*main.T", "[]int"; the package by its name, as Go's %T prints it
  TypePtr type;         ///< from the debug information, or made of the descriptor; never null
  bool direct = false;  ///< an interface's data word holds the value itself, not its address
};

/// Could a type descriptor lie there, inside or outside of the program's types (reflect makes some in the heap)? False
/// for what no compiler and no reflect writes, and for memory that cannot be read.
bool may_be_descriptor(Memory& memory, LoadAddr descriptor);

/// Reads descriptors. Every error is not_found (outside of the section: made at run time by reflect, or no descriptor),
/// unreadable or malformed.
class RuntimeTypeReader {
 public:
  /// Both must outlive the object.
  RuntimeTypeReader(Memory& memory, const RuntimeTypes& types) : memory_(memory), types_(types) {}

  Result<RuntimeType> read(LoadAddr descriptor) { return read(descriptor, 0); }
  /// What a pointer leads to, the element of a slice or channel: `descriptor` is of such a type.
  Result<TypePtr> target(LoadAddr descriptor);

 private:
  Result<RuntimeType> read(LoadAddr descriptor, unsigned depth);
  Result<std::string> name_at(LoadAddr at, std::string_view what);
  /// The parts that need more than the head of the descriptor; kind unknown where one cannot be read.
  void read_array(LoadAddr descriptor, Type& type, unsigned depth);
  void read_struct(LoadAddr descriptor, Type& type, unsigned depth);
  TypePtr part(LoadAddr descriptor, unsigned depth, Type& whole);

  Memory& memory_;
  const RuntimeTypes& types_;
};

}  // namespace lldbgo
