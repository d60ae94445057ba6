#include "plugin/lldb_memory.h"

#include <algorithm>
#include <cstring>

#include "core/base/text.h"
#include "plugin/lldb_text.h"
#include "plugin/local_memory.h"
#include "plugin/process_kind.h"

namespace lldbgo {

void LldbMemory::bind(lldb::SBTarget target, lldb::SBProcess process, LldbImages& images,
                      std::shared_ptr<const ElfFile> file, Slide slide) {
  unbind();
  target_ = target;
  process_ = process;
  images_ = &images;
  file_ = std::move(file);
  slide_ = slide;
  ProcessKind kind = process_kind(target, process);
  core_ = kind == ProcessKind::core;
  std::uint64_t pid = process.GetProcessID();
  local_pid_ = kind == ProcessKind::live && traced_by_us(pid) ? pid : 0;
}

void LldbMemory::unbind() {
  target_ = {};
  process_ = {};
  images_ = nullptr;
  file_.reset();
  pages_.clear();
  code_.clear();
  code_known_ = false;
  local_pid_ = 0;
}

Result<std::size_t> LldbMemory::read(LoadAddr at, std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    LoadAddr here = at + done;
    if (here < at) break;  // past the end of the address space
    std::span<std::byte> rest = into.subspan(done);
    if (std::size_t n = read_file(here, rest)) {
      done += n;
      continue;
    }
    std::size_t offset = here.value % kPageSize;
    const Page& p = page(here - offset);
    if (p.valid <= offset) break;
    std::size_t n = std::min(p.valid - offset, rest.size());
    std::memcpy(rest.data(), p.bytes.data() + offset, n);
    done += n;
    if (offset + n < kPageSize && n < rest.size()) break;
  }
  if (done == 0 && !into.empty()) {
    return fail(Errc::unreadable, "memory at " + hex(at.value) + ": cannot be read");
  }
  return done;
}

std::optional<MemoryRegion> LldbMemory::region(LoadAddr at) {
  lldb::SBMemoryRegionInfo info;
  if (process_.GetMemoryRegionInfo(at.value, info).Fail()) return std::nullopt;
  MemoryRegion out;
  out.range = {LoadAddr(info.GetRegionBase()), LoadAddr(info.GetRegionEnd())};
  out.mapped = info.IsMapped();
  out.readable = info.IsReadable();
  out.writable = info.IsWritable();
  out.executable = info.IsExecutable();
  out.name = text_of(info.GetName());
  return out;
}

std::size_t LldbMemory::read_file(LoadAddr at, std::span<std::byte> into) const {
  if (!file_) return 0;
  FileAddr file_at = slide_.to_file(at);
  for (const Segment& s : file_->segments()) {
    if (s.writable || file_at < s.address || file_at.value - s.address.value >= s.file_size) continue;
    std::uint64_t left = s.file_size - (file_at.value - s.address.value);
    Bytes bytes = file_->bytes_from(file_at, std::min<std::uint64_t>(left, into.size()));
    std::memcpy(into.data(), bytes.data(), bytes.size());
    return bytes.size();
  }
  return 0;
}

const LldbMemory::Page& LldbMemory::page(LoadAddr base) {
  std::unique_ptr<Page>& entry = pages_[base];
  if (!entry) {
    entry = std::make_unique<Page>();
    entry->valid = fetch(base, entry->bytes);
  }
  return *entry;
}

std::size_t LldbMemory::fetch(LoadAddr base, std::span<std::byte> into) {
  if (local_pid_ != 0 && !executable(base) && !executable(base + (kPageSize - 1))) {
    if (std::size_t n = read_local(local_pid_, base, into)) return n;
  }
  lldb::SBError error;
  if (std::size_t n = process_.ReadMemory(base.value, into.data(), into.size(), error)) return n;
  if (!core_) return 0;
  // A core leaves out what the files hold; what they cannot hold, a writable section, must not be made up.
  lldb::SBAddress address = target_.ResolveLoadAddress(base.value);
  lldb::SBSection section = address.GetSection();
  if (!section.IsValid() || (section.GetPermissions() & lldb::ePermissionsWritable) != 0) return 0;
  return target_.ReadMemory(address, into.data(), into.size(), error);
}

bool LldbMemory::executable(LoadAddr at) {
  if (!code_known_) {
    code_ = images_->executable_ranges();
    code_known_ = true;
  }
  return std::any_of(code_.begin(), code_.end(), [&](const auto& range) { return range.contains(at); });
}

}  // namespace lldbgo
