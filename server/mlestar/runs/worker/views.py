"""The supervisor's part in giving a branch of a running program its own view of files: it does the mounting.

A branch has no rights of its own. It enters fresh user and mount namespaces, asks through a FIFO in the scratch folder,
and waits. A helper forked from the supervisor, which kept its rights, copies what the run has written so far, joins the
branch's namespaces and mounts there: for each overlay a new one on top of the user's folder and that copy; for folders
that are plain copies (the temporary folder, the shadow workspace) a copy bound over them. The program that was forked
must stand still until the answer is there: the copy is taken while the branch waits.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import json
import os
import shutil
import signal
import stat
from typing import Any, Callable, Optional

from . import copying, hiding, linux

_NS_GET_PARENT = 0xB702
MOST_BYTES = 4 * 1024**3
MOST_FILES = 50_000


def copy_layer(source: str, target: str, count: "Optional[list[int]]" = None) -> None:
    """Copy a folder with what an overlay's upper layer holds: whiteouts (device 0/0), attributes, owners, times.

    Blocks are shared where the file system can. Raises OSError, also when there is too much to copy.
    """
    count = [0, 0] if count is None else count
    os.mkdir(target, 0o700)
    with os.scandir(source) as entries:
        for entry in entries:
            found = entry.stat(follow_symlinks=False)
            into = os.path.join(target, entry.name)
            count[0] += 1
            if count[0] > MOST_FILES or count[1] > MOST_BYTES:
                raise OSError(27, "the run has written more than can be copied for a branch")
            if stat.S_ISDIR(found.st_mode):
                copy_layer(entry.path, into, count)
                continue
            if stat.S_ISLNK(found.st_mode):
                os.symlink(os.readlink(entry.path), into)
            elif stat.S_ISREG(found.st_mode):
                if found.st_size < 65536 or not copying.reflink(entry.path, into):
                    shutil.copyfile(entry.path, into)
                    count[1] += found.st_size
            elif stat.S_ISCHR(found.st_mode):
                os.mknod(into, stat.S_IFCHR, found.st_rdev)
            elif stat.S_ISFIFO(found.st_mode) or stat.S_ISSOCK(found.st_mode):
                os.mknod(into, stat.S_IFMT(found.st_mode) | 0o600)
            _same_attributes(entry.path, into, found)
    _same_attributes(source, target, os.stat(source))


def _same_attributes(source: str, target: str, found: os.stat_result) -> None:
    with contextlib.suppress(OSError):
        if (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(target, found.st_uid, found.st_gid, follow_symlinks=False)
    with contextlib.suppress(OSError):
        shutil.copystat(source, target, follow_symlinks=False)


class Desk:
    """Where branches ask. ``descriptor`` becomes readable when one does; then `serve` answers without blocking."""

    def __init__(self, spec: "dict[str, Any]") -> None:
        self._cover = functools.partial(hiding.hide, spec["scratch"])
        points = [view["point"] + "/" for view in spec["views"]]
        self._hidden = [path for path in spec.get("hidden", ()) if path.startswith(tuple(points))]
        self._folder = os.path.join(spec["scratch"], "private")
        self._views: dict[Optional[int], list[dict[str, Any]]] = {None: spec["views"]}
        self._text = b""
        os.makedirs(self._folder, exist_ok=True)
        path = os.path.join(self._folder, "ask")
        os.mkfifo(path, 0o600)
        self.descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def serve(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._text += os.read(self.descriptor, 65536)
        *lines, self._text = self._text.split(b"\n")
        for line in lines:
            try:
                asked = json.loads(line)
                index, pid, parent = int(asked["index"]), int(asked["pid"]), asked.get("parent")
                views = self._views[parent]
            except (ValueError, KeyError, TypeError):
                continue  # not written by a branch of ours
            if index in self._views:
                continue
            mine = [_own(view, index) for view in views]
            self._views[index] = mine
            self._fork(functools.partial(_give, pid, views, mine, self._cover_again), index)

    def _cover_again(self) -> None:
        """A new overlay lies on top of what was mounted over hidden places."""
        left = self._cover(self._hidden)
        if left:
            raise OSError(1, "{} could not be hidden".format(left[0]))

    def _fork(self, work: Callable[[], None], index: int) -> None:
        if os.fork():
            return  # the supervisor reaps it like any orphan
        problem: Optional[str] = None
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            work()
        except BaseException as error:
            problem = "no view of its own could be mounted ({})".format(error)
        try:
            target = os.path.join(self._folder, "{}.json".format(index))
            with open(target + ".new", "w", encoding="utf-8") as file:
                json.dump({"problem": problem}, file)
            os.rename(target + ".new", target)
        finally:
            os._exit(0)


def _own(view: "dict[str, Any]", index: int) -> "dict[str, Any]":
    """The view of branch ``index``: one more layer below, and an upper layer of its own."""
    folder = "{}-of-{}".format(view["upper"] if "upper" in view else view["from"], index)
    if "upper" not in view:
        return {**view, "from": folder}
    return {**view, "upper": os.path.join(folder, "upper"), "layers": [os.path.join(folder, "lower"), *view["layers"]]}


def _map_users(pid: int) -> None:
    """Everyone keeps his number in the branch's user namespace. Only its parent namespace may say so: join that."""
    theirs = os.open("/proc/{}/ns/user".format(pid), os.O_RDONLY | os.O_CLOEXEC)
    parent = fcntl.ioctl(theirs, _NS_GET_PARENT)
    if not os.path.sameopenfile(parent, os.open("/proc/self/ns/user", os.O_RDONLY | os.O_CLOEXEC)):
        linux.enter_namespace(parent, linux.CLONE_NEWUSER)
    for name in ("uid_map", "gid_map"):
        with open("/proc/self/" + name) as file:
            rows = [line.split() for line in file]
        text = "\n".join("{0} {0} {1}".format(inside, count) for inside, _, count in rows)
        if name == "gid_map" and len(rows) == 1 and rows[0][2] == "1":
            with open("/proc/{}/setgroups".format(pid), "w") as file:
                file.write("deny")
        descriptor = os.open("/proc/{}/{}".format(pid, name), os.O_WRONLY)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def _give(
    pid: int,
    views: "list[dict[str, Any]]",
    mine: "list[dict[str, Any]]",
    cover: Callable[[], None],
) -> None:
    """In the helper: copy, join the branch ``pid``, mount. Raises OSError."""
    for own, theirs in (("user", "user"), ("mnt", "mnt")):
        if os.readlink("/proc/self/ns/" + own) == os.readlink("/proc/{}/ns/{}".format(pid, theirs)):
            raise OSError(1, "the branch is in no {} namespace of its own".format(own))
    lowers: dict[int, int] = {}
    for number, (view, new) in enumerate(zip(views, mine)):
        if "upper" not in view:
            copy_layer(view["from"], new["from"])
            continue
        folder = os.path.dirname(new["upper"])
        os.mkdir(folder, 0o700)
        copy_layer(view["upper"], new["layers"][0])
        for name in (new["upper"], os.path.join(folder, "work")):
            os.mkdir(name, 0o700)
        _same_attributes(view["upper"], new["upper"], os.stat(view["upper"]))
        lowers[number] = linux.copy_of_mount(view["lower"])
    _map_users(pid)
    spaces = [(os.open("/proc/{}/ns/{}".format(pid, name), os.O_RDONLY), kind)
              for name, kind in (("user", linux.CLONE_NEWUSER), ("mnt", linux.CLONE_NEWNS))]  # fmt: skip
    for descriptor, kind in spaces:
        linux.enter_namespace(descriptor, kind)
    for number, view in enumerate(mine):
        if number in lowers:
            linux.attach(lowers[number], view["lower"])
            try:
                linux.mount_overlay(
                    view["point"],
                    [*view["layers"], view["lower"]],
                    view["upper"],
                    os.path.join(os.path.dirname(view["upper"]), "work"),
                )
            finally:
                linux.unmount(view["lower"], linux.MNT_DETACH)
        else:
            linux.mount(view["from"], view["point"], None, linux.MS_BIND)
    cover()
