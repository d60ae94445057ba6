"""Breaks copies of binaries and core files, each in one way that has a name."""
import random
import struct


class MangleError(Exception):
    pass


def _sections(data):
    """{name: (file offset, size)} of an ELF file."""
    offset, size, count, names = struct.unpack_from("<Q", data, 40) + struct.unpack_from("<HHH", data, 58)
    header = lambda i: struct.unpack_from("<IIQQQQ", data, offset + i * size)
    strings = header(names)[4]
    found = {}
    for i in range(count):
        name, _, _, _, at, length = header(i)
        start = strings + name
        found[data[start : data.index(b"\0", start)].decode()] = (at, length)
    return found


def _pclntab(data):
    for name, place in _sections(data).items():
        if name.endswith("gopclntab"):
            return place
    raise MangleError("no section with the pclntab")


def _magic(data):
    at, _ = _pclntab(data)
    data[at : at + 4] = b"\xee\xee\xee\xee"


def _huge_counts(data):
    """nfunc and nfiles are as large as they can be."""
    at, _ = _pclntab(data)
    struct.pack_into("<QQ", data, at + 8, (1 << 63) - 1, (1 << 63) - 1)


def _offsets(data):
    """The header's offsets of the sub-tables lead far outside."""
    at, _ = _pclntab(data)
    for field in range(32, 72, 8):
        struct.pack_into("<Q", data, at + field, 0x7FFFFFFFFFFF)


def _function_table(data):
    """The second half of the pclntab, where the function records are, is noise."""
    at, size = _pclntab(data)
    noise = random.Random(1)
    half = size // 2
    data[at + half : at + size] = bytes(noise.randrange(256) for _ in range(size - half))


def _pc_values(data):
    """The tables of pc values are noise: every frame size is wrong."""
    at, size = _pclntab(data)
    noise = random.Random(2)
    start, end = at + size // 8, at + size // 2
    data[start:end] = bytes(noise.randrange(256) for _ in range(end - start))


def _zeros(data):
    at, size = _pclntab(data)
    data[at : at + size] = bytes(size)


def _cut(data):
    """The file ends in the middle of the pclntab."""
    at, size = _pclntab(data)
    del data[at + size // 2 :]


def _version(data, minor):
    """Every "go1.24" in the file becomes a version of the same length."""
    for old in range(15, 30):
        data[:] = data.replace(b"go1.%d" % old, b"go1.%02d" % minor)


def _new_version(data):
    """The build record names a Go that does not exist yet."""
    _version(data, 94)


def _old_version(data):
    """The build record names a Go from before modules."""
    _version(data, 10)


def _half(data):
    """A core file of which only the first half was written."""
    del data[len(data) // 2 :]


MANGLES = {
    "pclntab-magic": _magic,
    "pclntab-counts": _huge_counts,
    "pclntab-offsets": _offsets,
    "pclntab-functions": _function_table,
    "pclntab-values": _pc_values,
    "pclntab-zero": _zeros,
    "pclntab-cut": _cut,
    "version-new": _new_version,
    "version-old": _old_version,
    "core-half": _half,
}


def mangle(name, source, copy):
    """Writes a copy of `source`, broken."""
    if name not in MANGLES:
        raise MangleError(f"no way of breaking is called {name!r}: {', '.join(MANGLES)}")
    data = bytearray(source.read_bytes())
    MANGLES[name](data)
    copy.write_bytes(data)
    copy.chmod(0o755)
    return copy
