#!/usr/bin/env python3
"""Every write barrier of the go command of every Go version is decoded: test_wb_sites.py WB_SITES TOOLCHAINS.

The go command is a large program that the toolchain has anyway. Exit code 77: no toolchain is at hand."""
import re
import subprocess
import sys

FEWEST_SITES = 8000
LINE = re.compile(r": (\d+) sites, (\d+) words, (\d+) without a role, (\d+) without a test, (\d+) without a store, \d+ bulk calls, (\d+) not decoded$")


def main():
    tool, toolchains = sys.argv[1:]
    wrong, seen = [], 0
    for minor in (15, 19, 21, 22, 23, 24, 25, 26, 27):
        root = subprocess.run([toolchains, "go", f"1.{minor}"], stdout=subprocess.PIPE, text=True)
        if root.returncode != 0:
            continue
        seen += 1
        done = subprocess.run([tool, root.stdout.strip() + "/bin/go"], stdout=subprocess.PIPE, text=True)
        print(done.stdout, end="")
        found = LINE.search(done.stdout.strip().splitlines()[-1])
        sites, words, no_role, no_test, no_store, bad = map(int, found.groups())
        # A pair is two words; from 1.21 on a call records one to eight.
        sound = sites >= FEWEST_SITES and bad == 0 and no_role == 0
        sound = sound and (words == 2 * sites if minor < 21 else sites < words < 8 * sites)
        # Slots that are reached through another register behind the join; one call of the assembler's without a test (until 1.20).
        sound = sound and no_test <= 1 and no_store <= sites // 50
        if done.returncode != 0 or not sound:
            wrong.append(f"1.{minor}")
    if wrong:
        sys.exit(f"not as it should be: Go {', '.join(wrong)}")
    return 0 if seen else 77


if __name__ == "__main__":
    sys.exit(main())
