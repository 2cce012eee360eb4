"""The store as a run sees it: one file an entry, written aside and renamed, checked when it is read.

Layout of an entry: a fixed header (magic, format, seconds saved, length and checksum of the rest), the lengths of its
parts, then the parts: the stream and its buffers. An entry that is cut short or altered is removed and counts as
missing. A full disk, a folder that is gone or not ours to write: then nothing is kept, and the run goes on.
"""

from __future__ import annotations

import contextlib
import os
import struct
import time
import zlib
from typing import Any, Optional

try:
    import fcntl
except ImportError:  # Windows: no waiting for others, the same call may be made twice
    fcntl = None  # type: ignore[assignment]

MAGIC = b"mlememo1"
HEADER = struct.Struct("<8sddQI4x")
"""Magic, seconds that the call took, time it was written, bytes after the header, checksum of them."""
_LONGEST_WAIT_S = 600.0
_LEAST_WAIT_S = 20.0


class Entries:
    """The folder of entries. ``most_bytes`` bounds what this run adds; the server prunes the folder as a whole."""

    def __init__(self, folder: str, most_bytes: int) -> None:
        self.folder, self.most_bytes = folder, most_bytes
        self.stored_bytes = 0
        self.usable = True

    def path(self, key: str) -> str:
        return os.path.join(self.folder, key[:2], key[2:] + ".memo")

    def read(self, key: str) -> "Optional[tuple[bytes, list[Any], float]]":
        """Stream, buffers and the seconds it took; None when there is no good entry."""
        path = self.path(key)
        try:
            with open(path, "rb", buffering=0) as file:
                size = os.fstat(file.fileno()).st_size
                data = bytearray(size)
                view, got = memoryview(data), 0
                while got < size:
                    piece = file.readinto(view[got:])
                    if not piece:
                        break
                    got += piece
        except (OSError, MemoryError):
            return None
        found = parse(view[:got])
        if found is None:
            self.remove(key)
            return None
        with contextlib.suppress(OSError):  # pruned meanwhile, or not ours: what was read is good
            os.utime(path)
        return found

    def remove(self, key: str) -> None:
        try:
            os.unlink(self.path(key))
        except OSError:
            self.usable = self.usable and os.path.isdir(self.folder)

    def has(self, key: str) -> bool:
        return os.path.exists(self.path(key))

    def write(self, key: str, stream: bytes, buffers: "list[Any]", seconds: float) -> int:
        """Bytes written; 0 when the entry was not kept."""
        parts = [stream, *buffers]
        sizes: "list[int]" = [len(stream), *(int(b.nbytes) for b in buffers)]
        table = struct.pack("<Q{}Q".format(len(sizes)), len(sizes), *sizes)
        total = len(table) + sum(sizes)
        if not self.usable or self.stored_bytes + total > self.most_bytes:
            return 0
        checksum = zlib.crc32(table)
        for part in parts:
            checksum = zlib.crc32(part, checksum)
        header = HEADER.pack(MAGIC, seconds, time.time(), total, checksum & 0xFFFFFFFF)
        path = self.path(key)
        aside = os.path.join(self.folder, "new-{}-{}-{}".format(os.getpid(), time.monotonic_ns(), key[:16]))
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            room = os.statvfs(self.folder) if hasattr(os, "statvfs") else None
            if room is not None and room.f_bavail * room.f_frsize < 4 * total + (1 << 28):
                return 0
            with open(aside, "xb", buffering=0) as file:
                for piece in [header, table, *parts]:
                    view = memoryview(piece).cast("B") if len(piece) else memoryview(b"")
                    while len(view):
                        view = view[file.write(view) :]
            os.replace(aside, path)
        except (OSError, MemoryError):
            try:
                os.unlink(aside)
            except OSError:
                self.usable = False
            return 0
        self.stored_bytes += total
        return total

    def lock(self, key: str) -> "Lock":
        return Lock(os.path.join(self.folder, "locks", key))


def parse(data: Any) -> "Optional[tuple[bytes, list[Any], float]]":
    """Stream, buffers, seconds from the bytes of an entry; None when they are not whole."""
    try:
        magic, seconds, _, total, checksum = HEADER.unpack_from(data)
        body = data[HEADER.size :]
        if magic != MAGIC or len(body) != total or zlib.crc32(body) & 0xFFFFFFFF != checksum:
            return None
        (count,) = struct.unpack_from("<Q", body)
        sizes = struct.unpack_from("<{}Q".format(count), body, 8)
    except (struct.error, OverflowError, MemoryError):
        return None
    if 8 + 8 * count + sum(sizes) != total:
        return None
    start, parts = 8 + 8 * count, []
    for size in sizes:
        parts.append(body[start : start + size])
        start += size
    return bytes(parts[0]), parts[1:], seconds


class Lock:
    """Who computes an entry: one process a key. The kernel drops it with its owner, however that ends."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: Optional[int] = None

    def take(self) -> bool:
        """False when another process holds it. True as well where locks cannot be had."""
        if fcntl is None:
            return True
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(file), os.stat(self.path)):
                raise FileNotFoundError  # its owner removed it between our two steps: the entry is there now
            os.utime(self.path)
        except FileNotFoundError:
            os.close(file)
            return True
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def wait(self) -> bool:
        """Wait until the owner is done or gone; False when it took too long (it may be stopped)."""
        try:
            spent = max(0.0, time.time() - os.stat(self.path).st_mtime)
        except OSError:
            return True
        until = time.monotonic() + min(_LONGEST_WAIT_S, max(_LEAST_WAIT_S, 1.5 * spent))
        pause = 0.002
        while time.monotonic() < until:
            if self.take():
                return True
            time.sleep(pause)
            pause = min(0.05, pause * 1.5)
        return False

    def release(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):  # pruned, or the folder is gone
                os.unlink(self.path)
            os.close(self._file)
            self._file = None

    def forget(self) -> None:
        """In a forked child: the lock stays the parent's."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
