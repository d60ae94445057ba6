// The compiler's listing (go build -gcflags=-S) names the PCDATA value at every pc, the frame and argument sizes and
// the bytes of the pointer maps: an oracle that no runtime and no linker had a hand in.
#include <fstream>
#include <map>
#include <sstream>

#include "core/gofacts/go_image.h"
#include "tests/unit/catch.h"
#include "tests/unit/pclntab/samples.h"

using namespace lldbgo;

namespace {

struct Listed {
  std::string name;
  std::uint64_t args = 0, locals = 0;
  std::map<int, std::map<std::uint64_t, int>> pcdata;  // index -> pc -> value from there on
  std::map<int, std::string> funcdata;                 // index -> symbol
  std::uint64_t last_pc = 0;
};

struct Listing {
  std::vector<Listed> functions;
  std::map<std::string, std::vector<std::byte>> data;
};

std::uint64_t attribute(const std::string& line, const std::string& key) {
  auto at = line.find(" " + key + "=");
  return at == std::string::npos ? 0 : std::stoull(line.substr(at + key.size() + 2), nullptr, 0);
}

//	main.f STEXT size=221 align=0x0 args=0x70 locals=0x28 funcid=0x0
//		0x0013 00019 (main.go:162)	FUNCDATA	$0, gclocals·Bf0(SB)
//		0x0022 00034 (main.go:163)	PCDATA	$1, $0
//	gclocals·Bf0 SRODATA dupok size=10
//		0x0000 02 00 00 00 03 00 00 00 01 00                    ..........
Listing read(const std::string& path) {
  Listing out;
  Listed* function = nullptr;
  std::vector<std::byte>* data = nullptr;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] != '\t') {
      std::string symbol = line.substr(0, line.find(' '));
      if (symbol.starts_with("\"\".")) symbol = "main." + symbol.substr(3);  // up to 1.19
      function = nullptr;
      data = nullptr;
      if (line.find(" STEXT ") != std::string::npos) {
        out.functions.push_back({symbol, attribute(line, "args"), attribute(line, "locals"), {}, {}, 0});
        function = &out.functions.back();
      } else if (line.find(" SRODATA ") != std::string::npos) {
        data = &out.data[symbol];
        data->clear();
      }
      continue;
    }
    if (data != nullptr && line.starts_with("\t0x")) {
      std::istringstream fields(line.substr(8, 47));
      for (std::string byte; fields >> byte && byte.size() == 2;)
        data->push_back(std::byte(std::stoi(byte, nullptr, 16)));
    }
    auto place = line.find(")\t");
    if (function == nullptr || place == std::string::npos || !line.starts_with("\t0x")) continue;
    std::uint64_t pc = std::stoull(line.substr(1), nullptr, 16);
    function->last_pc = pc;
    std::istringstream fields(line.substr(place + 2));
    std::string op, index, value;
    fields >> op >> index >> value;
    if (op == "PCDATA") function->pcdata[std::stoi(index.substr(1))][pc] = std::stoi(value.substr(1));
    if (op == "FUNCDATA") function->funcdata[std::stoi(index.substr(1))] = value.substr(0, value.find('('));
  }
  return out;
}

std::string bits_of(const std::vector<std::byte>& map, std::int32_t index) {
  ByteReader r(map);
  std::int32_t count = r.i32(), words = r.i32();
  if (index >= count) return "none";
  std::string out;
  for (std::int32_t i = 0; i < words; ++i) {
    auto byte = map.at(8 + static_cast<std::size_t>(index * ((words + 7) / 8) + i / 8));
    out += (std::to_integer<int>(byte) >> (i % 8) & 1) != 0 ? '1' : '0';
  }
  return out;
}

std::string bits_of(const Result<std::optional<PointerMap>>& map) {
  if (!map || !*map) return "none";
  std::string out;
  for (std::int32_t i = 0; i < (*map)->words; ++i) out += (*map)->pointer(i) ? '1' : '0';
  return out;
}

}  // namespace

TEST_CASE("PCDATA, pointer maps and frame sizes are those of the compiler's listing") {
  for (const auto& sample : samples::of_kind("static")) {
    INFO(sample.name());
    auto image = GoImage::open(sample.path);
    REQUIRE(image);
    const Pclntab& table = (*image)->pclntab();
    Listing listing = read(sample.path + ".S");
    std::size_t functions = 0, values = 0, maps = 0, pointers = 0;
    for (const Listed& listed : listing.functions) {
      auto found = table.named(listed.name);
      if (found.size() != 1) continue;  // not linked, or an ABI wrapper beside the body
      const Func& f = found[0];
      INFO(listed.name);
      REQUIRE(f.entry + listed.last_pc < f.end);
      ++functions;
      if (f.args) CHECK(static_cast<std::uint64_t>(*f.args) == listed.args);
      CHECK(*table.max_sp_delta(f) == listed.locals);
      for (const auto& [index, changes] : listed.pcdata) {
        std::int32_t before = -1;
        for (auto [pc, value] : changes) {
          INFO("PCDATA " << index << " at " << pc);
          if (pc > 0) CHECK(table.pcdata(f, index, f.entry + pc - 1) == before);
          CHECK(table.pcdata(f, index, f.entry + pc) == value);
          before = value;
          ++values;
        }
      }
      for (bool locals : {false, true}) {
        const FuncdataIndex& number = table.layout().funcdata;
        auto symbol = listed.funcdata.find(locals ? number.locals_pointer_maps : number.args_pointer_maps);
        if (symbol == listed.funcdata.end() || !listing.data.contains(symbol->second)) continue;
        const auto& bytes = listing.data.at(symbol->second);
        std::int32_t count = ByteReader(bytes).i32();
        for (std::int32_t i = 0; i <= count; ++i) {
          std::string bits = bits_of(bytes, i);
          CHECK(bits_of(locals ? table.locals_map(f, i) : table.args_map(f, i)) == bits);
          pointers += static_cast<std::size_t>(std::count(bits.begin(), bits.end(), '1'));
          ++maps;
        }
      }
    }
    CHECK(functions > 15);
    CHECK(values > 200);
    CHECK(maps > 80);
    CHECK(pointers > 80);
  }
}
