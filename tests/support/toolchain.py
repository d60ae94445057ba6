"""Where the Go and LLDB versions of the test matrix are on this machine."""
import functools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lldb-go"
LOCAL = "local"  # the machine's own, whatever version that is


class Missing(Exception):
    """The mirror does not have it (any more): what needs it is skipped, not failed."""


def _fetch(kind, version):
    done = subprocess.run(
        [CHECKOUT / "tools" / "toolchains", kind, version], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode == 3:
        raise Missing(f"{kind} {version}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'gone'}")
    if done.returncode != 0:
        raise RuntimeError(f"tools/toolchains {kind} {version}: {done.stderr.strip()}")
    return Path(done.stdout.strip())


@dataclass(frozen=True)
class Go:
    name: str  # as asked for: "1.24" or "local"
    root: Path
    version: tuple  # (1, 24)

    @property
    def command(self):
        return self.root / "bin" / "go"

    def environment(self, **more):
        """Builds work offline and never ask for another toolchain."""
        env = {key: value for key, value in os.environ.items() if not key.startswith(("GO", "CGO", "LLDBGO"))}
        env.update(
            GOROOT=str(self.root),
            GOCACHE=str(CACHE / "go-build" / self.name),
            GOPATH=str(CACHE / "go-path"),
            GOENV="off",
            GO111MODULE="on",
            # The state of the checkout is not part of what is tested.
            GOFLAGS="-mod=mod" + (" -buildvcs=false" if self.version >= (1, 18) else ""),
            GOPROXY="off",
            GOSUMDB="off",
            GOTOOLCHAIN="local",
            GOTELEMETRY="off",
        )
        env.update(more)
        return env


@functools.lru_cache(maxsize=None)
def go(name):
    if name == LOCAL:
        if not shutil.which("go"):
            raise Missing("go: not installed on this machine")
        root = Path(subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip())
    else:
        root = _fetch("go", name)
    said = subprocess.run([root / "bin" / "go", "version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    return Go(name, root, (int(found[1]), int(found[2])))


@dataclass(frozen=True)
class Lldb:
    name: str
    command: str
    server: str
    dap: str
    python: str
    environment: tuple  # of (name, value)
    version: int

    def env(self, **more):
        return {**os.environ, **dict(self.environment), **more}


@functools.lru_cache(maxsize=None)
def lldb(name):
    if name == LOCAL:
        return _local_lldb()
    bin_folder = _fetch("lldb", name) / "bin"
    dap = next((p for p in (bin_folder / "lldb-dap", bin_folder / "lldb-vscode") if p.exists()), "")
    return Lldb(
        name,
        str(bin_folder / "lldb"),
        str(bin_folder / "lldb-server"),
        str(dap),
        str(bin_folder / "python3"),
        (),
        int(name),
    )


def _local_lldb():
    """The newest LLDB that is installed with its Python module."""
    for version in range(40, 13, -1):
        root = Path(f"/usr/lib/llvm-{version}")
        modules = sorted(root.glob("lib/python3*/*-packages/lldb/__init__.py"))
        if not (root / "bin" / "lldb").exists() or not modules:
            continue
        dap = next((p for p in (root / "bin" / "lldb-dap", root / "bin" / "lldb-vscode") if p.exists()), "")
        # Debian's lldb looks for its Python module in a folder that does not exist.
        environment = (("PYTHONPATH", str(modules[0].parents[1])), ("LLDB_DEBUGSERVER_PATH", str(root / "bin" / "lldb-server")))
        return Lldb(LOCAL, str(root / "bin" / "lldb"), str(root / "bin" / "lldb-server"), str(dap), "/usr/bin/python3", environment, version)
    raise Missing("lldb: none installed on this machine with its Python module (python3-lldb)")


def spread(go, lldb):
    """A Go for every LLDB: the newest for the newest, the oldest for the oldest, the others between."""
    steps = max(len(lldb) - 1, 1)
    return [(go[round((len(go) - 1) * (i if len(lldb) > 1 else 1) / steps)], name) for i, name in enumerate(lldb)]
