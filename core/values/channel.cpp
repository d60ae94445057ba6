// An hchan begins with qcount and dataqsiz in every version; the ring buffer has dataqsiz elements at buf, and qcount
// of them, from index recvx on, wait to be received.
#include "core/values/channel.h"

#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kLength = 0, kCapacity = 8;
constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 47;

/// The part that needs the program's own layout of hchan: without it, a channel has a length and no elements.
Result<> read_buffer(const ValueContext& context, const GoValue& value, LoadAddr at, Channel& out) {
  const DwarfInfo* dwarf = context.dwarf();
  if (dwarf == nullptr) return {};
  auto record = dwarf->pointee(*value.type);
  auto element = dwarf->element(*value.type);
  if (!record || !element) return {};
  GoValue hchan{*record, at, {}};
  auto buffer = field_of(hchan, "buf"), first = field_of(hchan, "recvx"), size = field_of(hchan, "elemsize"),
       closed = field_of(hchan, "closed");
  if (!buffer || !first || !size || !closed) return {};
  auto buffer_word = word_of(context.memory, *buffer), first_word = word_of(context.memory, *first),
       size_word = word_of(context.memory, *size), closed_word = word_of(context.memory, *closed);
  for (auto* word : {&buffer_word, &first_word, &size_word, &closed_word})
    if (!*word) return pass(*word);
  out.closed = *closed_word != 0;
  if (*size_word != ((*element)->size & 0xffff)) return fail(Errc::malformed, "elements of an unexpected size");
  out.buffer = LoadAddr(*buffer_word);
  out.first = *first_word;
  out.element = *element;
  return {};
}

/// Elements that lie where a channel can have them.
bool sound(const Channel& c) {
  std::uint64_t bytes = 0;
  return c.length <= c.capacity && c.first < c.capacity &&
         !__builtin_mul_overflow(c.capacity, c.element->size, &bytes) && bytes <= kMaxBytes;
}

}  // namespace

Result<std::optional<Channel>> channel_of(const ValueContext& context, const GoValue& value) {
  auto pointer = word_of(context.memory, value, 0, 8);
  if (!pointer) return pass(pointer);
  if (*pointer == 0) return std::nullopt;
  LoadAddr at(*pointer);
  auto length = word_at(context.memory, at + kLength), capacity = word_at(context.memory, at + kCapacity);
  if (!length || !capacity) return unreadable(at);
  Channel out;
  out.length = *length;
  out.capacity = *capacity;
  if (auto read = read_buffer(context, value, at, out); !read) return pass(read);
  if (out.element && out.length != 0 && !sound(out)) return fail(Errc::malformed, "more elements than room");
  return out;
}

}  // namespace lldbgo
