// runtime/runtime2.go waitReason: a number in g.waitreason, whose text is in an array that a stripped program does not
// name. Go 1.26 moved the reasons that are no fault of the user (isIdleInSynctest and the leak detector want ranges) to
// the front and so renumbered most of them.
#include "core/gofacts/wait_reasons.h"

#include <iterator>

#include "core/gofacts/since.h"

namespace lldbgo {
namespace {

constexpr std::size_t kColumns = 7;
constexpr Since<std::size_t> kColumn[] = {{15, 0}, {20, 1}, {22, 2}, {23, 3}, {24, 4}, {25, 5}, {26, 6}};
static_assert(rows_ascend(kColumn));

struct Reason {
  std::string_view text;
  int numbers[kColumns];  // -1: absent
};

constexpr Reason kReasons[] = {
    // since 1.15, 1.20, 1.22, 1.23, 1.24, 1.25, 1.26
    {"GC assist marking", {1, 1, 1, 1, 1, 1, 1}},
    {"IO wait", {2, 2, 2, 2, 2, 2, 2}},
    {"chan receive (nil chan)", {3, 3, 3, 3, 3, 3, 15}},
    {"chan send (nil chan)", {4, 4, 4, 4, 4, 4, 16}},
    {"dumping heap", {5, 5, 5, 5, 5, 5, 3}},
    {"garbage collection", {6, 6, 6, 6, 6, 6, 4}},
    {"garbage collection scan", {7, 7, 7, 7, 7, 7, 5}},
    {"panicwait", {8, 8, 8, 8, 8, 8, 6}},
    {"select", {9, 9, 9, 9, 9, 9, 18}},
    {"select (no cases)", {10, 10, 10, 10, 10, 10, 17}},
    {"GC assist wait", {11, 11, 11, 11, 11, 11, 7}},
    {"GC sweep wait", {12, 12, 12, 12, 12, 12, 8}},
    {"GC scavenge wait", {13, 13, 13, 13, 13, 13, 9}},
    {"chan receive", {14, 14, 14, 14, 14, 14, 19}},
    {"chan send", {15, 15, 15, 15, 15, 15, 20}},
    {"finalizer wait", {16, 16, 16, 16, 16, 16, 10}},
    {"force gc (idle)", {17, 17, 17, 17, 17, 17, 11}},
    {"semacquire", {18, 18, 18, 18, 18, 19, 13}},
    {"sleep", {19, 19, 19, 19, 19, 20, 14}},
    {"sync.Cond.Wait", {20, 20, 20, 20, 20, 21, 21}},
    {"timer goroutine (idle)", {21, -1, -1, -1, -1, -1, -1}},
    {"trace reader (blocked)", {22, 24, 24, 24, 25, 26, 26}},
    {"wait for GC cycle", {23, 25, 25, 25, 26, 27, 27}},
    {"GC worker (idle)", {24, 26, 26, 26, 27, 28, 28}},
    {"preempted", {25, 28, 28, 28, 29, 30, 30}},
    {"debug call", {26, 29, 29, 29, 30, 31, 31}},
    {"sync.Mutex.Lock", {-1, 21, 21, 21, 21, 22, 22}},
    {"sync.RWMutex.RLock", {-1, 22, 22, 22, 22, 23, 23}},
    {"sync.RWMutex.Lock", {-1, 23, 23, 23, 23, 24, 24}},
    {"GC worker (active)", {-1, 27, 27, 27, 28, 29, 29}},
    {"GC mark termination", {-1, 30, 30, 30, 31, 32, 32}},
    {"stopping the world", {-1, 31, 31, 31, 32, 33, 33}},
    {"flushing proc caches", {-1, -1, 32, 32, 33, 34, 34}},
    {"trace goroutine status", {-1, -1, 33, 33, 34, 35, 35}},
    {"trace proc status", {-1, -1, 34, 34, 35, 36, 36}},
    {"page trace flush", {-1, -1, 35, 35, 36, 37, 37}},
    {"coroutine", {-1, -1, 36, 36, 37, 38, 38}},
    {"GC weak to strong wait", {-1, -1, -1, 37, 38, 39, 39}},
    {"sync.WaitGroup.Wait", {-1, -1, -1, -1, 24, 25, 25}},
    {"synctest.Run", {-1, -1, -1, -1, 39, 40, 40}},
    {"synctest.Wait", {-1, -1, -1, -1, 40, 41, 41}},
    {"chan receive (synctest)", {-1, -1, -1, -1, 41, -1, -1}},
    {"chan receive (durable)", {-1, -1, -1, -1, -1, 42, 42}},
    {"chan send (synctest)", {-1, -1, -1, -1, 42, -1, -1}},
    {"chan send (durable)", {-1, -1, -1, -1, -1, 43, 43}},
    {"select (synctest)", {-1, -1, -1, -1, 43, -1, -1}},
    {"select (durable)", {-1, -1, -1, -1, -1, 44, 44}},
    {"GOMAXPROCS updater (idle)", {-1, -1, -1, -1, -1, 18, 12}},
    {"sync.WaitGroup.Wait (durable)", {-1, -1, -1, -1, -1, 45, 45}},
    {"cleanup wait", {-1, -1, -1, -1, -1, 46, 46}},
};

// In every column the numbers are 1, 2, 3, ... without a gap: a slip of a row would break that.
constexpr bool columns_are_complete() {
  for (std::size_t column = 0; column < kColumns; ++column) {
    int count = 0;
    bool seen[64] = {};
    for (const Reason& reason : kReasons) {
      int number = reason.numbers[column];
      if (number < 0) continue;
      if (number == 0 || number >= 64 || seen[number]) return false;
      seen[number] = true;
      ++count;
    }
    for (int number = 1; number <= count; ++number) {
      if (!seen[number]) return false;
    }
  }
  return true;
}
static_assert(columns_are_complete());

// runtime/runtime2.go _Gidle...; 5 and 7 are unused.
struct Status {
  int since_minor;
  std::string_view name;
};
constexpr Status kStatuses[] = {{15, "idle"},      {15, "runnable"},  {15, "running"}, {15, "syscall"},
                                {15, "waiting"},   {15, ""},          {15, "dead"},    {15, ""},
                                {15, "copystack"}, {15, "preempted"}, {26, "leaked"},  {26, "deadextra"}};

}  // namespace

std::string_view status_name(std::uint32_t status, const GoVersion& version) {
  status &= ~kGscan;
  if (status >= std::size(kStatuses)) return {};
  const Status& row = kStatuses[status];
  return version.major > 1 || version.minor >= row.since_minor ? row.name : std::string_view();
}

std::string_view wait_reason_text(std::uint8_t value, const GoVersion& version) {
  std::size_t column = since(kColumn, version);
  for (const Reason& reason : kReasons) {
    if (reason.numbers[column] == value && value != 0) return reason.text;
  }
  return {};
}

}  // namespace lldbgo
