// go-objdump PROGRAM: what `go tool objdump PROGRAM` prints, by our own code.
#include <fmt/format.h>

#include "tests/support/objdump.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: go-objdump PROGRAM\n");
    return 2;
  }
  auto image = lldbgo::GoImage::open(argv[1]);
  lldbgo::Result<void> done;
  if (image) {
    done = lldbgo::testing::list_program(**image, stdout);
  } else {
    done = lldbgo::pass(image);
  }
  if (done) return 0;
  fmt::print(stderr, "go-objdump: {}\n", done.error().text());
  return 1;
}
