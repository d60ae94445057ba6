#include "plugin/formatters.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <map>
#include <mutex>
#include <string>

#include "formatters/type_names.h"
#include "plugin/go_children.h"
#include "plugin/session_of.h"
#include "plugin/value_of.h"

namespace lldbgo {
namespace {

constexpr const char* kCategory = "go";

bool summarize(lldb::SBValue value, lldb::SBTypeSummaryOptions, lldb::SBStream& out) {
  try {
    lldb::SBTarget target = value.GetTarget();
    std::shared_ptr<Session> session = session_of(target.GetDebugger());
    if (session == nullptr) return false;
    std::lock_guard one_at_a_time(session->mutex());
    ProcessSession* process = session->at_this_stop(target);
    if (process == nullptr) return false;
    ValueReader reader(process->process());
    auto go = go_value(value, reader);
    if (!go) return false;
    std::string text = reader.summary(*go);
    out.Print(text.c_str());
    return true;
  } catch (...) {  // a formatter that throws would take the debugger down
    return false;
  }
}

std::string folder_of_this_library() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&register_formatters), &info) == 0 || info.dli_fname == nullptr) return {};
  std::string path = info.dli_fname;
  auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

/// Lets LLDB's Python import the shim; false where there is no Python, or the files are not beside the library.
bool load_python(lldb::SBDebugger debugger) {
  std::string folder = folder_of_this_library() + "/lldb-go-python";
  struct stat there {};
  if (::stat((folder + "/lldb_go_formatters.py").c_str(), &there) != 0) return false;
  lldb::SBCommandInterpreter interpreter = debugger.GetCommandInterpreter();
  auto run = [&](const std::string& command) {
    lldb::SBCommandReturnObject result;
    interpreter.HandleCommand(command.c_str(), result, false);
    return result.Succeeded();
  };
  // Imported by name: the folder goes into sys.path once.
  return run("command script import \"" + folder + "/lldb_go_formatters.py\"") &&
         run(fmt::format("script -- lldb_go_formatters._lldb_go.bind({})",
                         reinterpret_cast<std::uintptr_t>(&children_api())));
}

}  // namespace

void register_formatters(lldb::SBDebugger debugger, std::shared_ptr<Session> session) {
  remember_session(debugger, std::move(session));
  lldb::SBTypeCategory category = debugger.CreateCategory(kCategory);
  bool python = load_python(debugger);
  for (const TypeFamily& family : type_families()) {
    std::string pattern(family.pattern);
    lldb::SBTypeNameSpecifier names(pattern.c_str(), true);
    std::uint32_t options = lldb::eTypeOptionCascade | lldb::eTypeOptionSkipPointers | lldb::eTypeOptionSkipReferences;
    std::uint32_t summary = options | (family.replaces_value ? lldb::eTypeOptionHideValue : 0u) |
                            (family.hides_children ? lldb::eTypeOptionHideChildren : 0u);
    category.AddTypeSummary(names, lldb::SBTypeSummary::CreateWithCallback(summarize, summary, "lldb-go"));
    if (family.has_go_children && python) {
      category.AddTypeSynthetic(names,
                                lldb::SBTypeSynthetic::CreateWithClassName("lldb_go_formatters.GoChildren", options));
    }
  }
  for (const DecimalType& type : decimal_types()) {
    std::string name(type.name);
    category.AddTypeFormat(lldb::SBTypeNameSpecifier(name.c_str()),
                           lldb::SBTypeFormat(type.is_signed ? lldb::eFormatDecimal : lldb::eFormatUnsigned,
                                              lldb::eTypeOptionSkipPointers | lldb::eTypeOptionCascade));
  }
  category.SetEnabled(true);
}

}  // namespace lldbgo
