#include "tests/support/core_target.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/base/byte_reader.h"
#include "core/base/text.h"

namespace lldbgo::testing {
namespace {

// A whole file, mapped read-only.
class Mapping {
 public:
  explicit Mapping(const std::string& path) {
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat st {};
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0) {
      void* p = mmap(nullptr, static_cast<std::size_t>(st.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
      if (p != MAP_FAILED) bytes_ = {static_cast<const std::byte*>(p), static_cast<std::size_t>(st.st_size)};
    }
    if (fd >= 0) close(fd);
  }
  ~Mapping() {
    if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  Bytes bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

// Bytes of the process that some file holds.
struct Extent {
  LoadAddr start;
  std::uint64_t size = 0;
  Bytes bytes;  // may be shorter than size: the file ends
};

// Order of user_regs_struct in NT_PRSTATUS (kernel, arch/x86/include/asm/user_64.h).
constexpr Reg kPrstatusOrder[] = {Reg::r15, Reg::r14, Reg::r13, Reg::r12, Reg::rbp, Reg::rbx, Reg::r11, Reg::r10,
                                  Reg::r9,  Reg::r8,  Reg::rax, Reg::rcx, Reg::rdx, Reg::rsi, Reg::rdi};

}  // namespace

struct CoreTarget::Impl {
  explicit Impl(const std::string& path) : core(path) {}
  void read_prstatus(Bytes note);
  void read_files(Bytes note);

  Mapping core;
  std::map<std::string, std::unique_ptr<Mapping>> files;
  std::vector<Extent> extents;  // recorded memory first, then file-backed ranges
  std::vector<Extent> file_extents;
  std::vector<ThreadId> order;
  std::map<std::uint64_t, Registers> registers;
  std::map<std::string, LoadAddr> image_start;
  std::map<std::uint64_t, std::vector<std::byte>> patches;
};

CoreTarget::CoreTarget(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CoreTarget::~CoreTarget() = default;

void CoreTarget::Impl::read_prstatus(Bytes note) {
  ByteReader r(note, 32);
  ThreadId thread{r.u32()};
  r.seek(112);
  Registers regs;
  for (Reg reg : kPrstatusOrder) regs.set(reg, r.u64());
  r.skip(8);  // orig_rax
  regs.set(Reg::rip, r.u64());
  r.skip(16);  // cs, eflags
  regs.set(Reg::rsp, r.u64());
  r.skip(8);  // ss
  regs.set(Reg::fs_base, r.u64());
  if (!r.ok()) return;
  order.push_back(thread);
  registers[thread.value] = regs;
}

void CoreTarget::Impl::read_files(Bytes note) {
  ByteReader r(note);
  std::uint64_t count = r.u64(), page = r.u64();
  if (!r.ok() || count > 65536) return;
  struct Row {
    std::uint64_t start, end, offset;
  };
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < count && r.ok(); ++i) {
    std::uint64_t start = r.u64(), end = r.u64(), offset = r.u64() * page;
    rows.push_back({start, end, offset});
  }
  for (const Row& row : rows) {
    std::string path(r.c_string());
    if (!r.ok() || row.end < row.start) return;
    auto& file = files[path];
    if (!file) file = std::make_unique<Mapping>(path);
    if (row.offset == 0 && !image_start.contains(path)) image_start[path] = LoadAddr(row.start);
    Bytes bytes = file->bytes();
    if (row.offset < bytes.size()) {
      bytes = bytes.subspan(row.offset, std::min<std::uint64_t>(bytes.size() - row.offset, row.end - row.start));
      file_extents.push_back({LoadAddr(row.start), row.end - row.start, bytes});
    }
  }
}

Result<std::unique_ptr<CoreTarget>> CoreTarget::open(const std::string& path) {
  auto impl = std::make_unique<Impl>(path);
  Bytes core = impl->core.bytes();
  if (core.size() < sizeof(Elf64_Ehdr)) return fail(Errc::truncated, path + ": no core file");
  Elf64_Ehdr header;
  std::memcpy(&header, core.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_type != ET_CORE) {
    return fail(Errc::malformed, path + ": not a core file");
  }
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    std::uint64_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
    if (at + sizeof(Elf64_Phdr) > core.size()) return fail(Errc::truncated, path + ": program headers cut off");
    Elf64_Phdr p;
    std::memcpy(&p, core.data() + at, sizeof p);
    std::uint64_t available = p.p_offset < core.size() ? std::min<std::uint64_t>(p.p_filesz, core.size() - p.p_offset) : 0;
    Bytes bytes = available ? core.subspan(p.p_offset, available) : Bytes{};
    if (p.p_type == PT_LOAD) impl->extents.push_back({LoadAddr(p.p_vaddr), p.p_memsz, bytes});
    if (p.p_type != PT_NOTE) continue;
    ByteReader notes(bytes);
    while (notes.ok() && notes.remaining() >= 12) {
      std::uint32_t name = notes.u32(), desc = notes.u32(), type = notes.u32();
      notes.take(name);
      notes.align(4);
      Bytes body = notes.take(desc);
      notes.align(4);
      if (type == NT_PRSTATUS) impl->read_prstatus(body);
      if (type == NT_FILE) impl->read_files(body);
    }
  }
  return std::unique_ptr<CoreTarget>(new CoreTarget(std::move(impl)));
}

Result<std::size_t> CoreTarget::read(LoadAddr at, std::span<std::byte> into) {
  std::size_t done = 0;
  auto copy_from = [&](const std::vector<Extent>& extents) {
    for (const Extent& e : extents) {
      LoadAddr here = at + done;
      if (here < e.start || here.value - e.start.value >= e.bytes.size()) continue;
      std::uint64_t skip = here.value - e.start.value;
      std::size_t n = std::min<std::size_t>(into.size() - done, e.bytes.size() - skip);
      std::memcpy(into.data() + done, e.bytes.data() + skip, n);
      done += n;
      return n > 0;
    }
    return false;
  };
  while (done < into.size() && (copy_from(impl_->extents) || copy_from(impl_->file_extents))) {
  }
  for (const auto& [start, bytes] : impl_->patches) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      std::uint64_t offset = start + i - at.value;
      if (offset < done) into[offset] = bytes[i];
    }
  }
  if (done == 0 && !into.empty()) return fail(Errc::unreadable, "memory at " + hex(at.value) + ": cannot be read");
  return done;
}

std::vector<ThreadId> CoreTarget::threads() { return impl_->order; }

std::optional<ThreadId> CoreTarget::selected_thread() {
  return impl_->order.empty() ? std::nullopt : std::optional(impl_->order.front());
}

Result<Registers> CoreTarget::registers(ThreadId thread) {
  auto it = impl_->registers.find(thread.value);
  if (it == impl_->registers.end()) return fail(Errc::not_found, "thread " + std::to_string(thread.value) + ": not in the core");
  return it->second;
}

std::vector<Image> CoreTarget::images() {
  std::vector<Image> out;
  for (const auto& [path, start] : impl_->image_start) {
    Bytes file = impl_->files[path]->bytes();
    Elf64_Ehdr header;
    if (file.size() < sizeof header) continue;
    std::memcpy(&header, file.data(), sizeof header);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) continue;
    for (unsigned i = 0; i < header.e_phnum; ++i) {
      Elf64_Phdr p;
      std::uint64_t at = header.e_phoff + i * sizeof p;
      if (at + sizeof p > file.size()) break;
      std::memcpy(&p, file.data() + at, sizeof p);
      if (p.p_type != PT_LOAD) continue;
      Image image;
      image.path = path;
      image.slide = Slide{start.value - (p.p_vaddr - p.p_offset)};
      image.main = path.find(".so") == std::string::npos;
      out.push_back(image);
      break;
    }
  }
  return out;
}

void CoreTarget::patch(LoadAddr at, std::vector<std::byte> bytes) { impl_->patches[at.value] = std::move(bytes); }

void CoreTarget::set_registers(ThreadId thread, const Registers& registers) { impl_->registers[thread.value] = registers; }

}  // namespace lldbgo::testing
