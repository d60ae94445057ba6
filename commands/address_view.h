// What an address is, and what a pointer leads to, as one line of text and as the JSON of lldb-go/where/1 and
// lldb-go/wb/1.
#pragma once

#include "commands/command.h"
#include "core/heap/address.h"

namespace lldbgo {

/// "heap object 0xc000012340+0x8 of 16 bytes, main.node.next, marked".
Line address_line(const AddressFacts& facts);
Line object_line(const ObjectFacts& object, LoadAddr at);

/// The fields of lldb-go/where/1.
Json address_json(const AddressFacts& facts);
/// <object> of the contract.
Json object_json(const ObjectFacts& object);

/// The value of a word of a command line: a number, in hexadecimal with 0x in front; &main.count, the entry of main.f,
/// the first word of main.count; or what the debugger makes of it. Errors: those of Host::evaluate.
Result<LoadAddr> address_of(Host& host, const std::string& text);

}  // namespace lldbgo
