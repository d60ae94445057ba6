// The answers of go-wb status and go-wb buffer, as text and as the JSON of lldb-go/wb/1.
#pragma once

#include "commands/command.h"
#include "core/heap/address.h"
#include "core/heap/write_barrier_buffer.h"

namespace lldbgo {

Json gc_json(const GcState& gc, const std::vector<Processor>& all);
Document status_text(const GcState& gc, const std::vector<Processor>& all);

Json buffer_json(const Processor& p, Addresses& addresses);
Document buffer_text(const Processor& p, bool pairs, Addresses& addresses);

}  // namespace lldbgo
