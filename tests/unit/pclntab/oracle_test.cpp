// The runtime reads the same tables as we do: each oracle program prints, for every byte of its text, the function,
// file and line that its own runtime finds there, the logical frames of real call stacks, and the arguments the runtime
// prints for them. Everything must be equal.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "core/gofacts/go_image.h"
#include "tests/unit/catch.h"
#include "tests/unit/pclntab/samples.h"

using namespace lldbgo;

namespace {

struct Place {
  FileAddr pc, entry;
  std::string function, file;
  int line = 0;
  bool go = false;  // false: no Go function here
};
struct Call {
  FileAddr pc;
  int line = 0;
  std::string function;
};
struct Oracle {
  std::vector<Place> places;
  std::vector<std::vector<Call>> chains;
  std::vector<std::string> stack_lines;
};

Oracle ask(const samples::Sample& sample, const std::string& arguments) {
  Oracle out;
  std::map<int, std::string> names, files;
  auto address = [](std::istream& in) {
    std::string hex;
    in >> hex;
    return FileAddr(hex.empty() ? 0 : std::stoull(hex, nullptr, 16));
  };
  for (const std::string& line : samples::output_of(sample, arguments)) {
    std::istringstream in(line);
    std::string kind;
    in >> kind;
    if (kind == "F" || kind == "S") {
      int id;
      in >> id >> std::ws;
      std::string text;
      std::getline(in, text);
      (kind == "F" ? names : files)[id] = text;
    } else if (kind == "i") {
      Place p;
      p.pc = address(in);
      p.entry = address(in);
      int function, file;
      in >> function >> file >> p.line;
      p.function = names.at(function);
      p.file = files.at(file);
      p.go = true;
      out.places.push_back(p);
    } else if (kind == "n") {
      Place p;
      p.pc = address(in);
      out.places.push_back(p);
    } else if (line == "c") {
      out.chains.emplace_back();
    } else if (kind == "c") {
      Call c;
      c.pc = address(in);
      address(in);
      in >> c.line >> std::ws;
      std::getline(in, c.function);
      out.chains.back().push_back(c);
    } else if (kind == "t") {
      out.stack_lines.push_back(line.size() > 2 ? line.substr(2) : "");
    }
  }
  return out;
}

// The runtime prints instantiations as "F[...]" (1.18 on, everywhere since 1.21); both sides are brought to that form.
std::string printed(std::string_view name) {
  auto open = name.find('['), close = name.rfind(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::string(name);
  return std::string(name.substr(0, open)) + "[...]" + std::string(name.substr(close + 1));
}

std::shared_ptr<const GoImage> open(const samples::Sample& sample) {
  auto image = GoImage::open(sample.path);
  if (!image) FAIL(sample.name() << ": " << image.error().text());
  return *image;
}

// runtime/traceback.go elideWrapperCalling
std::vector<LogicalFrame> shown(const std::vector<LogicalFrame>& frames, FuncId& callee) {
  std::vector<LogicalFrame> out;
  for (const LogicalFrame& f : frames) {
    bool kept = callee == FuncId::gopanic || callee == FuncId::sigpanic || callee == FuncId::panicwrap;
    if (f.id != FuncId::wrapper || kept) out.push_back(f);
    callee = f.id;
  }
  return out;
}

std::string arguments(const Pclntab& table, const Func& f, FileAddr lookup_pc) {
  auto info = table.arg_info(f);
  auto live = table.arg_live(f, lookup_pc);
  REQUIRE(info);
  REQUIRE(live);
  std::string out;
  std::size_t value = 0;
  bool start = true;
  for (const ArgComponent& arg : *info) {
    using Kind = ArgComponent::Kind;
    if (arg.kind == Kind::close) {
      out += "}";
      start = false;
      continue;
    }
    if (!start) out += ", ";
    start = false;
    switch (arg.kind) {
      case Kind::open:
        out += "{", start = true;
        break;
      case Kind::dots:
        out += "...";
        break;
      case Kind::offset_too_large:
        out += "_";
        break;
      default:
        out += value < live->size() && !(*live)[value] ? "N?" : "N";
        ++value;
    }
  }
  return out;
}

struct StackPlace {
  int line = 0;
  std::uint64_t offset = 0;
};
// "\t/path/main.go:130 +0x33b"; an inlined call has no offset.
std::optional<StackPlace> place_of(const std::string& line) {
  auto plus = line.rfind(" +0x"), colon = line.rfind(':');
  if (!line.starts_with("\t") || plus == std::string::npos || colon == std::string::npos || colon > plus)
    return std::nullopt;
  return StackPlace{std::stoi(line.substr(colon + 1)), std::stoull(line.substr(plus + 4), nullptr, 16)};
}

// "0x2, {0x210022?, ...}" as "N, {N?, ...}".
std::string without_values(const std::string& arguments) {
  std::string out;
  for (std::size_t i = 0; i < arguments.size();) {
    if (arguments.compare(i, 2, "0x") == 0) {
      out += 'N';
      i = std::min(arguments.find_first_not_of("0123456789abcdef", i + 2), arguments.size());
    } else {
      out += arguments[i++];
    }
  }
  return out;
}

}  // namespace

TEST_CASE("all text has the function, file and line that the runtime finds there") {
  for (const samples::Sample& sample : samples::all()) {
    if (!sample.runs()) continue;
    INFO(sample.name());
    auto image = open(sample);
    const Pclntab& table = image->pclntab();
    // Every byte where that is enough to know the format, a sample of them in the other kinds.
    std::int64_t step = sample.kind == "static" ? 1 : 13;
    Oracle oracle = ask(sample, "lines " + std::to_string(step));
    REQUIRE(oracle.places.size() > 10000);
    std::set<FileAddr> entries;
    std::size_t wrong = 0, checked = 0;
    for (std::size_t i = 0; i + 1 < oracle.places.size(); ++i) {
      const Place& p = oracle.places[i];
      FileAddr end = oracle.places[i + 1].pc;
      if (!p.go) {
        wrong += table.find(p.pc).has_value();
        continue;
      }
      entries.insert(p.entry);
      // The last byte of a function the program cannot ask about; between two askings nothing is known.
      FileAddr last = step == 1 ? std::max(p.pc + 1, end - 1) : p.pc + 1;
      for (FileAddr pc = p.pc; pc < last; pc = pc + 1) {
        ++checked;
        auto f = table.find(pc);
        auto frames = f ? table.logical_frames(*f, pc) : Result<std::vector<LogicalFrame>>(pass(f));
        if (!frames) FAIL(frames.error().text());
        const LogicalFrame& inner = frames->front();
        std::string file = inner.where.file.empty() ? "?" : std::string(inner.where.file);
        // The runtime takes the first name of the table, at offset 0, for none.
        bool unnamed = p.function.empty() && inner.function == table.at(0)->name;
        bool same = f->entry == p.entry && (unnamed || printed(inner.function) == printed(p.function)) &&
                    file == p.file && inner.where.line == p.line &&
                    printed(frames->back().function) == printed(f->name);
        if (!same && ++wrong < 4) {
          WARN(sample.name() << " at " << std::hex << pc.value << std::dec << ": " << inner.function << " " << file
                             << ":" << inner.where.line << ", the runtime says " << p.function << " " << p.file << ":"
                             << p.line);
        }
      }
    }
    CHECK(wrong == 0);
    CHECK(checked > (step == 1 ? 400000 : 15000));
    std::size_t missed = 0, functions = 0;
    for (std::size_t i = 0; i < table.function_count(); ++i) {
      auto f = table.at(i);
      if (!f) FAIL(f.error().text());
      ++functions;
      missed += step == 1 && f->end.value - f->entry.value > 1 && !entries.contains(f->entry);
    }
    CHECK(missed == 0);
    CHECK(functions > 1500);
  }
}

TEST_CASE("logical frames of real call stacks") {
  for (const samples::Sample& sample : samples::all()) {
    if (!sample.runs()) continue;
    INFO(sample.name());
    auto image = open(sample);
    const Pclntab& table = image->pclntab();
    Oracle oracle = ask(sample, "stacks");
    REQUIRE(oracle.chains.size() >= 8);
    std::size_t inlined = 0, elided = 0;
    for (const auto& chain : oracle.chains) {
      FuncId callee = FuncId::normal;
      for (std::size_t i = 0; i < chain.size();) {
        auto f = table.find(chain[i].pc);
        REQUIRE(f);
        auto all = table.logical_frames(*f, chain[i].pc - 1);
        REQUIRE(all);
        auto frames = shown(*all, callee);
        elided += all->size() - frames.size();
        REQUIRE_FALSE(frames.empty());
        for (const LogicalFrame& frame : frames) {
          REQUIRE(i < chain.size());
          CHECK(printed(frame.function) == printed(chain[i].function));
          CHECK(frame.where.line == chain[i].line);
          inlined += frame.inlined;
          ++i;
        }
      }
    }
    if (sample.kind != "noopt") CHECK(inlined >= 10);
  }
}

TEST_CASE("arguments as the runtime prints them") {
  std::size_t compared = 0, stale = 0;
  for (const samples::Sample& sample : samples::all()) {
    if (!sample.runs() || sample.minor < 17) continue;
    INFO(sample.name());
    auto image = open(sample);
    const Pclntab& table = image->pclntab();
    std::map<std::string, std::vector<Func>> by_name;
    for (std::size_t i = 0; i < table.function_count(); ++i)
      by_name[printed(table.at(i)->name)].push_back(*table.at(i));
    Oracle oracle = ask(sample, "stacks");
    std::size_t here = 0;
    for (std::size_t i = 0; i + 1 < oracle.stack_lines.size(); ++i) {
      const std::string& call = oracle.stack_lines[i];
      auto open_paren = call.rfind('(');
      if (open_paren == std::string::npos || call.empty() || call.back() != ')') continue;
      auto at = place_of(oracle.stack_lines[i + 1]);
      if (!at) continue;
      std::string name = call.substr(0, open_paren);
      if (name == "panic") name = "runtime.gopanic";
      std::string expected = without_values(call.substr(open_paren + 1, call.size() - open_paren - 2));
      std::vector<std::string> candidates;
      for (const Func& f : by_name[printed(name)]) {
        FileAddr pc = f.entry + at->offset - 1;
        if (pc >= f.end) continue;
        auto frames = table.logical_frames(f, pc);
        REQUIRE(frames);
        // Up to 1.20 the runtime looks liveness up at the mark of the outermost inlined call, not at the call.
        FileAddr lookup = sample.minor <= 20 ? frames->back().pc : pc;
        if (frames->back().where.line == at->line) candidates.push_back(arguments(table, f, lookup));
      }
      INFO(call << " at +" << at->offset);
      REQUIRE_FALSE(candidates.empty());
      bool found = std::find(candidates.begin(), candidates.end(), expected) != candidates.end();
      if (!found) FAIL_CHECK("read as " << candidates[0]);
      ++here;
      stale += expected.find('?') != std::string::npos;
    }
    CHECK(here > 50);
    compared += here;
  }
  WARN("compared the arguments of " << compared << " frames, " << stale << " with stale ones");
  CHECK(stale > 100);
}
