#include "plugin/session.h"

#include <algorithm>
#include <vector>

namespace lldbgo {
namespace {

constexpr std::uint64_t kLongestNote = 4096;

}  // namespace

ProcessSession::ProcessSession(std::uint32_t unique_id, std::shared_ptr<const GoImage> image, Slide slide)
    : unique_id_(unique_id), process_(std::move(image), slide, memory_, threads_, images_) {}

bool ProcessSession::is(std::uint32_t unique_id, const GoImage* image, Slide slide) const {
  return unique_id_ == unique_id && &process_.image() == image && process_.slide() == slide;
}

void ProcessSession::bind(lldb::SBTarget target, lldb::SBProcess process, const TranslatedFiles* translated) {
  bound_ = true;
  images_.bind(target, translated);
  threads_.bind(process);
  // Not an owning pointer of its own: the image lives at least as long as process_ does.
  std::shared_ptr<const ElfFile> file(process_.shared_image(), &process_.image().elf());
  memory_.bind(target, process, images_, std::move(file), process_.slide());
}

void ProcessSession::unbind() {
  bound_ = false;
  scheduler_.reset();
  memory_.unbind();
  threads_.bind({});
  images_.bind({}, nullptr);
}

Result<const Scheduler*> ProcessSession::scheduler() {
  if (!scheduler_) {
    auto opened = Scheduler::open(process_);
    if (!opened) return pass(opened);
    scheduler_ = std::move(*opened);
  }
  return scheduler_.get();
}

bool ProcessSession::file_matches(lldb::SBProcess process) const {
  const GoImage& image = process_.image();
  auto same = [&](FileAddr at, std::uint64_t size) {
    Bytes on_disk = image.elf().bytes_from(at, size);
    std::vector<std::byte> running(on_disk.size());
    lldb::SBError error;
    std::size_t n = process.ReadMemory(process_.slide().to_load(at).value, running.data(), running.size(), error);
    return std::equal(running.begin(), running.begin() + static_cast<std::ptrdiff_t>(n), on_disk.begin());
  };
  // The build id that go build and the C linker leave tells one build from the next.
  for (const char* note : {".note.go.buildid", ".note.gnu.build-id"}) {
    const Section* section = image.elf().section(note);
    if (section != nullptr && !same(section->address, std::min(section->size, kLongestNote))) return false;
  }
  // Magic and number of functions; what follows may be addresses, which the loader relocates in a PIE.
  return same(image.pclntab().header(), 16);
}

Result<FoundImage> Session::image(lldb::SBTarget target) {
  LldbImages port;
  port.bind(target, &bridge_.files());
  std::vector<Image> list = port.images();
  std::stable_partition(list.begin(), list.end(), [](const Image& i) { return i.main; });
  if (list.empty()) return fail(Errc::no_target, "target: has no executable", "load one with `target create FILE`");

  std::optional<Error> first;
  for (const Image& entry : list) {
    if (entry.path.empty() || entry.path.front() != '/') continue;
    auto opened = images_.open(entry.path);
    if (opened) return FoundImage{*opened, entry.slide};
    if (!first) first = Error(opened.error()).in(entry.path);
    if (entry.main && opened.error().code != Errc::not_go) break;
  }
  if (!first) return fail(Errc::not_go, "target: no module of it is a file of this machine");
  return tl::unexpected(std::move(*first));
}

Result<ProcessSession*> Session::process(lldb::SBTarget target, lldb::SBProcess process) {
  auto found = image(target);
  if (!found) return pass(found);
  const GoImage& go = *found->image;
  if (!found->slide && go.elf().position_independent()) {
    return fail(Errc::not_found, go.elf().path() + ": is not loaded in the process yet",
                "let it run to a breakpoint in Go code");
  }
  Slide slide = found->slide.value_or(Slide{});
  std::uint32_t id = process.GetUniqueID();

  auto known = std::find_if(processes_.begin(), processes_.end(), [&](auto& p) { return p.is(id, &go, slide); });
  if (known == processes_.end()) {
    processes_.remove_if(
        [&](const ProcessSession& p) { return p.unique_id() == id; });  // it has executed another program
    processes_.emplace_front(id, found->image, slide);
    if (!processes_.front().file_matches(process)) {
      processes_.pop_front();
      return fail(Errc::malformed,
                  go.elf().path() + ": is not the file that the process runs: build id or function table differ",
                  "restart the program, or give LLDB the file it was started from");
    }
    if (processes_.size() > kProcesses) processes_.pop_back();
  } else {
    processes_.splice(processes_.begin(), processes_, known);
  }
  processes_.front().bind(target, process, &bridge_.files());
  return &processes_.front();
}

ProcessSession* Session::at_this_stop(lldb::SBTarget target) {
  lldb::SBProcess process = target.GetProcess();
  lldb::StateType state = process.GetState();
  if (state != lldb::eStateStopped && state != lldb::eStateCrashed && state != lldb::eStateSuspended) return nullptr;
  std::uint32_t id = process.GetUniqueID(), stop = process.GetStopID();
  bool same = stop_.known && stop_.process == id && stop_.stop == stop;
  auto held = std::find_if(processes_.begin(), processes_.end(),
                           [&](const ProcessSession& p) { return &p == stop_.session; });
  if (same && stop_.session == nullptr) return nullptr;
  if (same && held != processes_.end() && held->is_bound()) {
    held->forget_memory();
    return stop_.session;
  }
  auto found = this->process(target, process);
  stop_ = {id, stop, true, found ? *found : nullptr};
  return stop_.session;
}

std::optional<lldb::SBType> Session::type_named(lldb::SBTarget target, const std::string& name) {
  std::uint32_t id = target.GetProcess().GetUniqueID();
  if (types_of_ != id) {
    types_.clear();
    types_of_ = id;
  }
  auto [known, added] = types_.try_emplace(name);
  if (added) {
    lldb::SBTypeList list = target.FindTypes(name.c_str());
    for (std::uint32_t i = 0; i < list.GetSize() && !known->second; ++i) {
      lldb::SBType type = list.GetTypeAtIndex(i);
      if (type.IsValid() && type.GetName() != nullptr && name == type.GetName()) known->second = type;
    }
  }
  return known->second;
}

}  // namespace lldbgo
