#include "core/heap/address.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/heap/heap_globals.h"
#include "core/heap/type_path.h"
#include "core/values/value_context.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kShfWrite = 1, kShfAlloc = 2, kShfExec = 4;
constexpr std::uint32_t kShtNobits = 8;
constexpr std::uint64_t kHeapPage = 8192, kMinLegalPointer = 4096;

std::string base_name_of(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}

const Section* section_at(const ElfFile& elf, FileAddr at) {
  for (const Section& s : elf.sections()) {
    constexpr std::uint64_t kShfTls = 0x400;  // .tbss takes no room where it stands
    if ((s.flags & kShfAlloc) != 0 && (s.flags & kShfTls) == 0 && s.range().contains(at)) return &s;
  }
  return nullptr;
}

ObjectFacts::Kind kind_of(const ElfFile& elf, const Section* section, FileAddr at) {
  using Kind = ObjectFacts::Kind;
  if (section != nullptr) {
    if ((section->flags & kShfExec) != 0) return Kind::unknown;
    if ((section->flags & kShfWrite) == 0 || section->name.starts_with(".data.rel.ro")) return Kind::rodata;
    return section->type == kShtNobits ? Kind::bss : Kind::data;
  }
  for (const Segment& s : elf.segments()) {
    if (!s.range().contains(at) || s.executable) continue;
    if (!s.writable) return Kind::rodata;
    return at.value - s.address.value < s.file_size ? Kind::data : Kind::bss;
  }
  return Kind::unknown;
}

}  // namespace

const char* object_kind_name(ObjectFacts::Kind kind) {
  constexpr const char* kNames[] = {"heap", "stack", "data", "bss", "rodata", "nil", "unknown"};
  return kNames[static_cast<unsigned>(kind)];
}

const char* address_kind_name(AddressFacts::Kind kind) {
  constexpr const char* kNames[] = {"function", "symbol", "heap", "stack", "mapped", "unmapped"};
  return kNames[static_cast<unsigned>(kind)];
}

Addresses::Addresses(GoProcess& process, const Scheduler* scheduler) : process_(process) {
  if (scheduler != nullptr) stacks_.emplace(process, *scheduler);
  auto layout = HeapLayout::resolve(process.image());
  if (!layout) {
    problems_.push_back("the heap: " + layout.error().text());
    return;
  }
  layout_ = *layout;
  gc_ = read_gc_state(process, *layout_);
  auto mheap = find_mheap(process, *layout_);
  if (mheap) {
    heap_.emplace(process.memory(), *layout_, *mheap, gc_.phase);
  } else {
    problems_.push_back(mheap.error().text());
  }
}

// The name of the variable's part at this address, by its type.
void Addresses::describe_variable(const GoImage& image, AddressFacts& out) {
  if (image.dwarf() == nullptr || out.symbol.empty() || !out.object) return;
  auto global = image.dwarf()->global(out.symbol);
  if (!global || !global->type) return;
  out.object->type = global->type->name;
  if (out.offset != 0 && out.offset < global->type->size) out.object->field = type_path(global->type, out.offset);
}

void Addresses::describe_code(LoadAddr at, AddressFacts& out) {
  auto func = process_.func(at);
  if (!func) return;
  out.symbol = func->name;
  FileAddr pc = process_.to_file(at);
  out.offset = pc.value - func->entry.value;
  auto frames = process_.image().pclntab().logical_frames(*func, pc);
  if (frames && !frames->empty()) {
    out.file = frames->front().where.file;
    out.line = frames->front().where.line;
    if (frames->front().inlined) out.note.append("in ").append(frames->front().function).append(", inlined");
  }
}

bool Addresses::in_image(LoadAddr at, AddressFacts& out) {
  const ElfFile* elf = &process_.image().elf();
  FileAddr file = process_.to_file(at);
  auto covers = [&](const Segment& s) { return s.range().contains(file); };
  bool ours = std::any_of(elf->segments().begin(), elf->segments().end(), covers);
  std::optional<MappedImage> other;
  if (!ours) {
    other = process_.native().image_at(at);
    if (!other) return false;
    elf = other->elf.get();
    file = other->slide.to_file(at);
  }
  out.module = base_name_of(ours ? elf->path() : other->path);
  const Section* section = section_at(*elf, file);
  if (section != nullptr) out.section = section->name;
  bool code = section != nullptr ? (section->flags & kShfExec) != 0
                                 : std::any_of(elf->segments().begin(), elf->segments().end(), [&](const Segment& s) {
                                     return s.executable && s.range().contains(file);
                                   });
  if (code && ours) describe_code(at, out);
  if (out.symbol.empty()) {
    if (auto symbol = elf->symbol_at(file)) {
      out.symbol = symbol->name;
      out.offset = file.value - symbol->address.value;
      if (!code) {
        out.object.emplace();
        out.object->base = at - out.offset;
        out.object->size = symbol->size;
      }
    }
  }
  out.kind = code && !out.symbol.empty() ? AddressFacts::Kind::function : AddressFacts::Kind::symbol;
  if (code) return true;
  if (!out.object) out.object.emplace();
  out.object->kind = kind_of(*elf, section, file);
  out.object->symbol = out.symbol;
  if (ours) describe_variable(process_.image(), out);
  return true;
}

std::optional<HeapPlace> Addresses::heap_place(LoadAddr at) {
  if (!heap_) return std::nullopt;
  auto [known, added] = places_.try_emplace(LoadAddr(at.value / kHeapPage * kHeapPage));
  if (added) {
    auto place = heap_->place(at);
    if (place) {
      known->second = std::move(*place);
    } else if (problems_.empty()) {
      problems_.push_back(place.error().text());
    }
  }
  return known->second;
}

void Addresses::type_of_object(LoadAddr at, const HeapObject& object, ObjectFacts& out) {
  if (!object.type) return;
  auto type = value_context(process_, process_.memory()).runtime_type(object.type);
  if (!type || !type->type) return;
  std::uint64_t room = object.size - object.header, size = type->type->size;
  if (size == 0 || size > room) return;  // half made: the header is written last
  out.type = type->name;
  std::uint64_t offset = at.value - object.base.value;
  if (offset < object.header) return;
  offset -= object.header;
  if (offset == 0) return;
  // The elements of an array have their type recorded only; how many there are, nothing tells.
  bool several = size <= room / 2;
  if (!several && offset >= size) return;
  if (several) out.field.append("[").append(std::to_string(offset / size)).append("]");
  out.field += type_path(type->type, offset % size);
}

ObjectFacts Addresses::heap_object(const HeapSpan& span, LoadAddr at) {
  ObjectFacts out;
  out.kind = ObjectFacts::Kind::heap;
  out.span = span.span;
  out.span_class = span.span_class;
  auto object = heap_->object(span, at);
  if (!object || !*object) return out;
  const HeapObject& found = **object;
  out.base = found.base;
  out.size = found.size;
  out.index = found.index;
  out.allocated = found.allocated;
  out.marked = found.marked;
  out.header = found.header;
  if (found.allocated) type_of_object(at, found, out);
  return out;
}

std::optional<StackPlace> Addresses::stack_place(LoadAddr at) {
  return stacks_ ? stacks_->goroutine(at) : std::nullopt;
}

ObjectFacts Addresses::object(LoadAddr at) {
  ObjectFacts out;
  if (!at) {
    out.kind = ObjectFacts::Kind::nil;
    return out;
  }
  if (at.value < kMinLegalPointer) return out;
  auto place = heap_place(at);
  if (place && place->span && place->span->state == SpanState::in_use) return heap_object(*place->span, at);
  if (auto stack = place && place->arena ? stack_place(at) : std::nullopt) {
    out.kind = ObjectFacts::Kind::stack;
    out.type = stack->type;
    out.stack = std::move(stack);
    return out;
  }
  AddressFacts facts;
  if (in_image(at, facts)) {
    if (facts.object) return *facts.object;
    out.symbol = facts.symbol;
  }
  return out;
}

AddressFacts Addresses::where(LoadAddr at) {
  AddressFacts out;
  out.address = at;
  if (in_image(at, out)) return out;
  auto place = heap_place(at);
  if (place && place->span && place->span->state == SpanState::in_use) {
    out.kind = AddressFacts::Kind::heap;
    out.object = heap_object(*place->span, at);
    if (out.object->base) out.offset = at.value - out.object->base->value;
    return out;
  }
  // Without the heap's own tables every goroutine is asked.
  bool perhaps_stack = !heap_ || (place && place->arena);
  if (auto found = perhaps_stack ? stack_place(at) : std::nullopt) {
    out.kind = AddressFacts::Kind::stack;
    out.stack = std::move(found);
    return out;
  }
  bool in_heap = place && place->arena;
  if (in_heap)
    out.note = place->span ? "a span of the heap that the runtime manages by hand" : "free pages of the heap";
  out.region = process_.memory().region(at);
  bool hole = out.region && !out.region->mapped;
  // Threads that Go makes have their g0's stack in the heap, too.
  bool perhaps_thread = in_heap ? place->span.has_value() : !hole;
  auto stack = perhaps_thread && stacks_ ? stacks_->thread(at, in_heap ? std::nullopt : out.region) : std::nullopt;
  if (stack) {
    out.kind = AddressFacts::Kind::stack;
    out.stack = std::move(stack);
    out.note.clear();
    return out;
  }
  bool mapped = out.region ? out.region->mapped : process_.memory().u8(at).has_value();
  out.kind = mapped ? AddressFacts::Kind::mapped : AddressFacts::Kind::unmapped;
  if (mapped && out.region) out.module = base_name_of(out.region->name);
  return out;
}

}  // namespace lldbgo
