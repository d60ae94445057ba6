// Children of Go values as LLDB values, for the Python class that LLDB asks for them.
#pragma once

#include "formatters/children_api.h"

namespace lldbgo {

const LldbGoChildrenApi& children_api();

}  // namespace lldbgo
