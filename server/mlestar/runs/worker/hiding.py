"""Hide files from a run by mounting something empty over them, in its own mount namespace.

Two kinds: places the server names (other projects, secrets), and sockets of services outside, by which a program could
have things done for it (Docker, D-Bus, ssh-agent). A hidden folder is empty and closed; a hidden file cannot be opened.
"""

from __future__ import annotations

import contextlib
import os
import stat
from typing import Iterable, Sequence

from . import linux

KEPT_OF_RUN = (
    "opengl-driver", "opengl-driver-32", "current-system", "booted-system", "wrappers",  # NixOS keeps programs there
    "media", "mount", "systemd/resolve", "resolvconf", "NetworkManager/resolv.conf",
    "NetworkManager/no-stub-resolv.conf", "nvidia-container-devices", "udev/data",
)  # fmt: skip
"""What lies in /run and is neither a service's socket nor a secret: system programs, drives, name resolution."""
_USUAL_SOCKETS = ("/var/run/docker.sock", "/var/run/podman/podman.sock", "/var/run/crio/crio.sock")
_CLOSED_FILES = ("/proc/kcore", "/proc/keys", "/proc/sysrq-trigger", "/proc/timer_list")
_READ_ONLY = ("/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs")


class Cover:
    """Something empty to mount over files and folders, made once in the scratch folder."""

    def __init__(self, scratch: str) -> None:
        self.folder, self.file = (os.path.join(scratch, "closed", name) for name in ("folder", "file"))
        os.makedirs(os.path.dirname(self.folder), exist_ok=True)
        if not os.path.lexists(self.folder):
            os.mkdir(self.folder, 0)
            os.mknod(self.file, stat.S_IFSOCK)  # opening a socket fails, for root too

    def put_over(self, path: str) -> None:
        """Raises OSError when it cannot be mounted; a place that is not there is no error."""
        try:
            kind = os.stat(path).st_mode
        except FileNotFoundError:
            return
        linux.mount(self.folder if stat.S_ISDIR(kind) else self.file, path, None, linux.MS_BIND)
        linux.set_read_only(path, True)


def hide(scratch: str, paths: Sequence[str]) -> "list[str]":
    """Cover ``paths``, the outer first; returns those that could not be covered."""
    cover = Cover(scratch)
    left: list[str] = []
    done: list[str] = []
    for path in sorted(set(paths), key=len):
        if any(path.startswith(folder + "/") for folder in done):
            continue
        try:
            cover.put_over(path)
            done.append(path)
        except OSError:
            left.append(path)
    return left


def hide_services(scratch: str, reachable: Iterable[str], writable: Sequence[str]) -> "list[str]":
    """Cover /run and every socket in ``reachable``; returns what could not be covered.

    Sockets below ``writable`` are the run's own, or harmless: through an overlay nobody is reached.
    """
    left = []
    if os.path.isdir("/run") and not any(folder.startswith("/run/") for folder in writable):
        try:
            _empty_run()
        except OSError:
            left.append("/run")
    outside = [p for p in {*reachable, *_USUAL_SOCKETS} if not any(p.startswith(w.rstrip("/") + "/") for w in writable)]
    return left + hide(scratch, [p for p in outside if is_socket(p)])


def is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)
    except OSError:
        return False


def _empty_run() -> None:
    kept = []
    for name in KEPT_OF_RUN:
        with contextlib.suppress(OSError):
            kept.append((name, os.open(os.path.join("/run", name), os.O_PATH | os.O_CLOEXEC)))
    linux.mount("tmpfs", "/run", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=0755,size=4m")
    for name, handle in kept:
        place, source = os.path.join("/run", name), "/proc/self/fd/{}".format(handle)
        with contextlib.suppress(OSError):
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                os.makedirs(place)
            else:
                os.makedirs(os.path.dirname(place), exist_ok=True)
                os.close(os.open(place, os.O_CREAT | os.O_WRONLY))
            linux.mount(source, place, None, linux.MS_BIND | linux.MS_REC)
        os.close(handle)
    linux.set_read_only("/run", True)


def sockets_with_paths() -> "list[str]":
    """Local sockets of this network namespace that have a path; read it before leaving the namespace."""
    found = []
    with contextlib.suppress(OSError), open("/proc/net/unix", encoding="utf-8", errors="surrogateescape") as lines:
        next(lines, None)
        for line in lines:
            fields = line.rstrip("\n").split(None, 7)
            if len(fields) == 8 and fields[7].startswith("/"):
                found.append(fields[7])
    return found


def close_proc() -> None:
    """In the run's own /proc: kernel settings can be read, not changed, by root either."""
    for path in _READ_ONLY:
        with contextlib.suppress(OSError):
            linux.mount(path, path, None, linux.MS_BIND | linux.MS_REC)
            linux.set_read_only(path, True)
    for path in _CLOSED_FILES:
        with contextlib.suppress(OSError):
            linux.mount("/dev/null", path, None, linux.MS_BIND)
