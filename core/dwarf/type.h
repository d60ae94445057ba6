// Go types as DWARF describes them, reduced to what layout and display need.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lldbgo {

enum class TypeKind {
  unknown, boolean, signed_int, unsigned_int, floating, complex, string, slice, array, structure, pointer, map, channel,
  function, interface, unsafe_pointer,
};

/// What a reflect.Kind is to us: the number in debug information (DW_AT_go_kind) and, without its upper three bits, in
/// the runtime's descriptors (internal/abi/type.go, 1.15 - 1.27). Unknown: no kind.
TypeKind kind_of_reflect(std::uint64_t kind);

struct Type;
using TypePtr = std::shared_ptr<const Type>;

struct Field {
  std::string name;
  std::uint64_t offset = 0;
  TypePtr type;
  bool embedded = false;
};

/// A type holds what its bytes hold: fields and array elements. What a pointer leads to is asked from DwarfInfo
/// (`pointee`), so recursive types terminate; a slice's element likewise, except that the type of a variable itself and
/// what `pointee` returns have it filled in. No TypePtr in here is null but `element`.
struct Type {
  TypeKind kind = TypeKind::unknown;
  std::string name;  ///< Go spelling, full import path: "main.Point", "[]uint8", "func(int) string"
  std::uint64_t size = 0;
  std::uint64_t align = 1;
  std::vector<Field> fields;   ///< structure
  TypePtr element;             ///< array; slice, see above
  std::uint64_t count = 0;     ///< array length
  std::uint64_t die_offset = 0;      ///< of the type's DIE, to ask DwarfInfo for more
  std::uint64_t descriptor = 0;      ///< of its runtime descriptor, counted from runtime.types; 0: none is known
  bool empty_interface = false;      ///< interface: eface rather than iface
  /// How many types a walk over fields and elements meets, this one included, an array's element once. TypeReader bounds
  /// it: damaged debug information can share a field's type so that the tree has 2^64 leaves.
  std::uint32_t parts = 1;
};

/// The field of a structure, with its offset from the structure's start: "goid", or "sched.sp" with dots for nesting (an
/// embedded struct is a field named like its type).
std::optional<Field> find_field(const Type& structure, std::string_view path);

}  // namespace lldbgo
