// Variables of a real program over memory that the input makes: text and children of every kind of value, some levels
// deep. The memory of the program's variables is filled with words of the kinds that matter there: pointers into that
// memory and to type descriptors, small counts, anything.
#include "core/values/value_reader.h"
#include "fuzz/input.h"
#include "tests/support/fake_target.h"
#include "tests/support/samples.h"

using namespace lldbgo;
using fuzz::Input;
using fuzz::require;

namespace {

constexpr LoadAddr kHeap(0xc000000000);
constexpr std::uint64_t kHeapBytes = 1 << 14;
constexpr const char* kVersions[] = {"1.15", "1.19", "1.23", "1.24", "1.27"};
// With this many children looked at, a value of one word can still make a million reads: no count may.
constexpr std::size_t kMaxChildren = 6;
constexpr unsigned kMaxDepth = 4;
constexpr std::size_t kMaxReads = 2000000;

struct World {
  testing::FakeTarget target;
  std::unique_ptr<GoProcess> process;
  std::vector<GoValue> variables;
  std::vector<std::uint64_t> descriptors;
};
std::vector<std::unique_ptr<World>> worlds;

// Package-level variables of tests/fixtures/kinds, one of each kind that is read in its own way.
constexpr const char* kVariables[] = {
    "main.gInt",       "main.gComplex64", "main.gString", "main.gSlice",         "main.gNested",  "main.gGrid",
    "main.gDerived",   "main.gNode",      "main.gMap",    "main.gPointMap",      "main.gAnyMap",  "main.gLargeMap",
    "main.gLargeKeys", "main.gSet",       "main.gMapMap", "main.gChan",          "main.gWrapped", "main.gSignals",
    "main.gAnyInt",    "main.gErr",       "main.gBoxes",  "main.gClosure",       "main.gTime",    "main.gDuration",
    "main.gLocked",    "main.gRW",        "main.gAtomic", "main.gAtomicPointer", "main.gList",    "main.gPairMap",
    "runtime.allgs",
};

void add_world(const std::string& path) {
  auto w = std::make_unique<World>();
  auto image = GoImage::open(path);
  require(image.has_value());
  w->target.load((*image)->elf(), {});
  w->target.map({kHeap, kHeap + kHeapBytes});
  w->process = std::make_unique<GoProcess>(*image, Slide{}, w->target, w->target, w->target);
  const DwarfInfo* dwarf = (*image)->dwarf();
  for (const char* name : kVariables) {
    if (auto global = dwarf->global(name)) w->variables.push_back({global->type, kHeap, {}});
  }
  for (const char* name : {"int", "string", "*int", "[]int", "map[string]int", "main.Point", "main.Handle", "error",
                           "main.failure", "time.Time", "interface {}", "[]interface {}"}) {
    if (auto type = dwarf->type(name); type && (*type)->descriptor != 0)
      w->descriptors.push_back((*image)->moduledata().types.lo.value + (*type)->descriptor);
  }
  require(w->variables.size() > 20 && w->descriptors.size() > 4);
  worlds.push_back(std::move(w));
}

std::uint64_t word(World& w, Input& in) {
  switch (in.u8() % 8) {
    case 0:
    case 1:
    case 2:
      return kHeap.value + in.u16() % kHeapBytes;
    case 3:
      return w.descriptors[in.choose(w.descriptors.size())];
    case 4:
      return w.process->image().moduledata().types.lo.value + in.u32() % (1 << 20);
    case 5:
      return in.u64();
    case 6:
      return w.process->image().moduledata().text.lo.value + in.u32() % (1 << 20);
    default:
      return in.u8();
  }
}

void explore(const ValueReader& reader, const GoValue& value, unsigned depth) {
  std::string text = reader.summary(value);
  require(text.size() < 1 << 14);
  for (unsigned char c : text) require(c >= 0x20 && c != 0x7f);
  if (depth == 0) return;
  Children children = reader.children(value);
  for (std::size_t i = 0; i < std::min(children.size(), kMaxChildren); ++i) {
    Child child = children.at(i);
    require(!child.name.empty() && child.value.type != nullptr);
    explore(reader, child.value, depth - 1);
    if (child.key) explore(reader, *child.key, depth - 1);
  }
  if (children.size() < 64) children.index_of("[0]");
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  for (const char* version : kVersions) {
    if (auto path = testing::fixture("tests/fixtures/kinds", version, "opt")) add_world(*path);
  }
  require(!worlds.empty());
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input in(data, size);
  World& w = *worlds[in.u8() % worlds.size()];
  GoValue value = w.variables[in.u8() % w.variables.size()];
  static const std::vector<std::byte> zeros(kHeapBytes);
  w.target.write(kHeap, zeros);
  LoadAddr at = kHeap;
  while (!in.empty() && at < kHeap + kHeapBytes) {
    if (std::uint8_t op = in.u8(); op % 8 == 0) {
      at = kHeap + in.u16() % kHeapBytes;
    } else if (op % 8 == 1) {
      at = at + op / 8;
    } else {
      w.target.write_word(at, word(w, in));
      at = at + 8;
    }
  }
  std::size_t before = w.target.reads();
  ValueReader reader(*w.process);
  explore(reader, value, kMaxDepth);
  if (value.type->size <= 4096) {  // the same, gathered from registers
    ValueBytes bytes(value.type->size);
    if (auto read = w.target.bytes(kHeap, value.type->size)) bytes.put(0, *read);
    explore(reader, {value.type, {}, bytes}, 2);
  }
  require(w.target.reads() - before < kMaxReads);
  return 0;
}
