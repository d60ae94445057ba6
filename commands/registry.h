// Every command there is, in the order of the documentation.
#pragma once

#include <vector>

#include "commands/command.h"

namespace lldbgo {

const Command& go_info_command();
const Command& go_bt_command();
const Command& go_frame_command();
const Command& go_disasm_command();
const Command& go_duff_command();
const Command& go_where_command();
const Command& go_wb_command();
const Command& go_bridge_command();
const Command& go_next_command();
const Command& go_step_command();
const Command& go_finish_command();

const std::vector<const Command*>& all_commands();

}  // namespace lldbgo
