#include "core/heap/barrier_code.h"

#include <algorithm>

namespace lldbgo {
namespace {

std::optional<std::size_t> position(const BarrierSite& site, std::uint64_t at) {
  auto step = std::find_if(site.steps.begin(), site.steps.end(), [&](const BarrierStep& s) { return s.at == at; });
  if (step == site.steps.end()) return std::nullopt;
  return static_cast<std::size_t>(step - site.steps.begin());
}

// A register whose value then is the one it has now.
std::optional<std::uint64_t> unchanged(const BarrierStep& here, const Registers& registers, Reg reg,
                                       std::uint32_t writes) {
  if (here.versions[static_cast<unsigned>(reg)] != writes) return std::nullopt;
  return registers.get(reg);
}

std::optional<std::uint64_t> address_of(GoProcess& process, const BarrierOperand& o, const BarrierStep& here,
                                        const Registers& registers) {
  if (o.absolute) return process.to_load(*o.absolute).value;
  std::uint64_t out = static_cast<std::uint64_t>(o.displacement);
  if (o.base) {
    auto base = unchanged(here, registers, *o.base, o.base_version);
    if (!base) return std::nullopt;
    out += *base;
  }
  if (o.index) {
    auto index = unchanged(here, registers, *o.index, o.index_version);
    if (!index) return std::nullopt;
    out += *index * o.scale;
  }
  return out;
}

std::optional<std::uint64_t> value_now(GoProcess& process, const BarrierOperand& o, const BarrierStep& here,
                                       const Registers& registers) {
  switch (o.kind) {
    case BarrierOperand::Kind::reg:
      return unchanged(here, registers, o.reg, o.reg_version);
    case BarrierOperand::Kind::immediate:
      return static_cast<std::uint64_t>(o.displacement);
    case BarrierOperand::Kind::address:
      return address_of(process, o, here, registers);
    case BarrierOperand::Kind::memory: {
      auto at = address_of(process, o, here, registers);
      auto word = at ? process.memory().u64(LoadAddr(*at)) : Result<std::uint64_t>(fail(Errc::not_found, ""));
      return word ? std::optional(*word) : std::nullopt;
    }
    case BarrierOperand::Kind::unknown:
      break;
  }
  return std::nullopt;
}

// Where the words of the site are, once its call has returned.
std::optional<LoadAddr> words_of(const BarrierSite& site, std::size_t step, const Registers& registers) {
  auto call = position(site, site.call);
  if (!call || *call + 1 >= site.steps.size() || step <= *call) return std::nullopt;
  std::uint32_t version = site.steps[*call + 1].versions[static_cast<unsigned>(Reg::r11)];
  auto at = unchanged(site.steps[step], registers, Reg::r11, version);
  return at ? std::optional(LoadAddr(*at)) : std::nullopt;
}

}  // namespace

BarrierCode::BarrierCode(const GoImage& image) : image_(image) {
  for (std::string_view name : barrier_routine_names()) {
    auto routine = barrier_routine(name);
    for (const Func& f : image.pclntab().named(name)) routines_[f.entry] = *routine;
  }
  if (auto flag = image.global("runtime.writeBarrier")) flag_ = *flag;
}

std::optional<BarrierRoutine> BarrierCode::routine(FileAddr entry) const {
  auto found = routines_.find(entry);
  return found == routines_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<FileAddr> BarrierCode::entries() const {
  std::vector<FileAddr> out;
  for (const auto& [entry, what] : routines_) {
    if (what.form != BarrierRoutine::Form::bulk) out.push_back(entry);
  }
  return out;
}

bool BarrierCode::is_routine(std::string_view function) {
  return function.starts_with("runtime.gcWriteBarrier") || function == "gcWriteBarrier" ||
         function.starts_with("runtime.wbBufFlush");
}

const std::vector<BarrierSite>& BarrierCode::sites(const Func& func) {
  auto [known, added] = sites_.try_emplace(func.entry);
  if (added && !is_routine(func.name) && func.end > func.entry) {
    Bytes code = image_.elf().bytes_from(func.entry, func.end.value - func.entry.value);
    known->second = barrier_sites(
        code, func.entry, [this](FileAddr at) { return routine(at); }, flag_);
  }
  return known->second;
}

std::optional<std::size_t> step_of(const BarrierSite& site, std::uint64_t offset) {
  return position(site, offset);
}

std::optional<std::uint64_t> record_value(GoProcess& process, const BarrierSite& site, std::size_t index,
                                          std::size_t step, const Registers& registers) {
  if (index >= site.records.size() || step >= site.steps.size()) return std::nullopt;
  const BarrierRecord& record = site.records[index];
  auto at = position(site, record.at);
  if (!at) return std::nullopt;
  if (site.what.form == BarrierRoutine::Form::pair && step == *at) {  // as the routine takes them
    if (record.role == BarrierRole::new_value) return registers.get(site.what.value);
    auto slot = registers.get(Reg::rdi);
    auto word = slot ? process.memory().u64(LoadAddr(*slot)) : Result<std::uint64_t>(fail(Errc::not_found, ""));
    return word ? std::optional(*word) : std::nullopt;
  }
  if (step <= *at) return value_now(process, record.source, site.steps[step], registers);
  if (site.what.form != BarrierRoutine::Form::words) return std::nullopt;
  auto words = words_of(site, step, registers);
  auto word = words ? process.memory().u64(*words + index * 8) : Result<std::uint64_t>(fail(Errc::not_found, ""));
  return word ? std::optional(*word) : std::nullopt;
}

void deduce_roles(GoProcess& process, BarrierCode& code, const Processor& p, std::vector<BarrierWord>& words) {
  if (!p.thread) return;
  auto registers = process.threads().registers(*p.thread);
  if (!registers) return;
  auto func = process.func(registers->pc());
  if (!func) return;
  std::uint64_t offset = process.to_file(registers->pc()).value - func->entry.value;
  for (const BarrierSite& site : code.sites(*func)) {
    auto step = position(site, offset);
    if (!step || site.what.form != BarrierRoutine::Form::words) continue;
    auto first = words_of(site, *step, *registers);
    if (!first || *first < p.buffer.base || (*first - p.buffer.base) % 8 != 0) continue;
    // The last words of the buffer are those of the last call only.
    if (*first + site.what.words * 8 != p.buffer.next) continue;
    std::uint64_t index = static_cast<std::uint64_t>(*first - p.buffer.base) / 8;
    for (std::size_t i = 0; i < site.records.size() && index + i < words.size(); ++i) {
      auto written = position(site, site.records[i].at);
      if (written && *step > *written) {
        words[index + i].role = site.records[i].role;
      } else {
        words[index + i].unwritten = true;
      }
    }
  }
}

}  // namespace lldbgo
