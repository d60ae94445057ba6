-- Go programs in nvim-dap, by lldb-dap and lldb-go: put this file into ~/.config/nvim/lua, then
--
--     require("lldb-go").setup({ library = "PREFIX/lib/lldb-go/liblldb-go.so" })
--
-- and :DapContinue in a Go file offers the three configurations below.
local M = {}

local function ask(question)
  return function()
    return vim.fn.input(question, vim.fn.getcwd() .. "/", "file")
  end
end

function M.setup(options)
  options = options or {}
  local library = options.library or "PREFIX/lib/lldb-go/liblldb-go.so"
  local dap = require("dap")
  dap.adapters["lldb-go"] = {
    type = "executable",
    command = options.adapter or "lldb-dap", -- Debian calls it lldb-dap-19, say
    name = "lldb-go",
  }
  local function configuration(name, request, more)
    return vim.tbl_extend("force", {
      name = name,
      type = "lldb-go",
      request = request,
      program = ask("Go program: "),
      initCommands = { "plugin load " .. library },
      preRunCommands = { "go-bridge on" },
    }, more)
  end
  dap.configurations.go = dap.configurations.go or {}
  vim.list_extend(dap.configurations.go, {
    configuration("lldb-go: launch", "launch", { args = {}, cwd = "${workspaceFolder}" }),
    configuration("lldb-go: attach", "attach", { pid = require("dap.utils").pick_process }),
    configuration("lldb-go: core file", "attach", { coreFile = ask("Core file: ") }),
  })
end

return M
