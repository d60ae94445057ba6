#include "commands/registry.h"

namespace lldbgo {

const std::vector<const Command*>& all_commands() {
  static const std::vector<const Command*> commands = {
      &go_info_command(),
      &go_bt_command(),
      &go_frame_command(),
      &go_disasm_command(),
      &go_duff_command(),
      &go_where_command(),
      &go_wb_command(),
      &go_bridge_command(),
      &go_next_command(),
      &go_step_command(),
      &go_finish_command(),
  };
  return commands;
}

}  // namespace lldbgo
