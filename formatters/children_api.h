// What the Python extension calls in the plugin: plain functions, handed over as the address of this table, since the
// plugin exports nothing but its entry point. Values are `lldb::SBValue*`.
#pragma once

extern "C" {

struct LldbGoChildrenApi {
  /// The children of a value, or null where it has none of ours. Every answer is closed again.
  void* (*open)(void* value);
  unsigned long (*count)(void* children);
  /// Puts child `index` into `*into`; 0 where it cannot be made.
  int (*child)(void* children, unsigned long index, void* into);
  /// Has LLDB make the children [from, end) of the value, and keep them.
  void (*ahead)(void* children, void* value, unsigned long from, unsigned long end);
  /// Index of the child of that name, -1 where there is none.
  long (*index_of)(void* children, const char* name);
  void (*close)(void* children);
};
}
