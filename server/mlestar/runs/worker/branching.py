"""One process that stands for several runs, and forks where they begin to differ (the worker's side).

The runs of a family are *members*, numbered; the lowest leads. The merged program asks `Branching.choose` wherever
their texts differ. There the members that the process stands for are parted: it goes on with the leader's group, and
each other group becomes a forked child, which waits for its turn and then runs to its end like any run. A difference
that is never reached parts nobody: the outcome of the process is that of all members it still stands for. Where a
fork is not safe, the other groups are refused and the process goes on with its own.

Members of other seeds are parted at the first statement that their texts seed differently, or where the tool's own
seed decides something; only while nothing random was drawn, since they would have drawn something else.
"""

from __future__ import annotations

import ast
import builtins
import functools
import json
import os
import threading
import types
from typing import Any, Optional, Sequence

from . import forking, handles, lines, merging, parting, seeding, wire


class Branching:
    """``spec`` is the worker's order; its ``family`` names the control ``folder``, the ``runs`` (``program``, ``seed``)
    and whether the members part ``early``, right after the imports."""

    def __init__(self, spec: "dict[str, Any]", channel: wire.Channel) -> None:
        family = spec["family"]
        self.spec, self.channel, self.folder = spec, channel, family["folder"]
        self.seeds = [int(run["seed"]) for run in family["runs"]]
        self.early = bool(family.get("early"))
        self.texts: list[bytes] = []
        for run in family["runs"]:
            with open(run["program"], "rb") as file:
                self.texts.append(file.read())
        self.members = list(range(len(self.texts)))
        self.key = 0
        """Names this process: the member it was forked for."""
        self.pid = os.getpid()
        self.merged: Any = None
        self._ways: Any = None
        """`ways.Ways` of the merged program."""
        self._names: dict[str, Any] = {}
        self._due: list[ast.stmt] = []
        self._taken: dict[int, int] = {}
        self._lock = threading.RLock()
        self._say = parting.far_open(self._place("say"), os.O_WRONLY)
        self._go = parting.far_open(self._place("go.0"), os.O_RDONLY)
        self._heard = b""

    def _place(self, name: str) -> str:
        return os.path.join(self.folder, name)

    # ------------------------------------------------------------------------------------- the merged program

    def execute(self, module: types.ModuleType) -> None:
        """Run the program, or what it shares and then the own one, as ``module``."""
        if self.early:
            from . import early

            early.execute(self, module)
            return
        script = self.spec["script"]
        try:
            self._merge(module.__dict__)
        except Exception as error:
            kind = "{}: {}".format(type(error).__name__, error)
            self.refuse(self.members[1:], "the texts could not be made one program ({})".format(kind))
            self.members, self.merged, self._ways = self.members[:1], None, None
            exec(compile(self.texts[0], script, "exec", dont_inherit=True), module.__dict__)
            return
        exec(compile(self.merged.tree, script, "exec", dont_inherit=True), module.__dict__)

    def _merge(self, names: "dict[str, Any]") -> None:
        script = self.spec["script"]
        self.merged = merging.merge(self.texts, script)
        self._ways = merging.Ways(self.merged)
        self._names = names
        for member, why in self.merged.refused.items():
            self.refuse([member], why)
        self.members = list(self._ways.programs)
        lines.show_merged(
            script, [text.decode("utf-8", "surrogateescape") for text in self.texts], self.merged.lines.starts
        )
        lines.install(script, self.number)
        setattr(builtins, merging.CHOOSE, self.choose)
        if len(set(self.seeds)) > 1:
            seeding.on_use(self.part_seeds)

    def number(self, line: int, member: Optional[int] = None) -> int:
        """A line of the code that runs as a line of the text of ``member`` (default: of the leader here)."""
        if self.merged is None:
            return line
        return int(self.merged.lines.of(self.members[0] if member is None else member, line))

    def choose(self, hunk: int, way: int) -> bool:
        """Whether this process goes ``way`` at difference ``hunk``; decided once, then for good."""
        taken = self._taken.get(hunk)
        if taken is None:
            with self._lock:
                taken = self._taken.get(hunk)
                if taken is None:
                    taken = self._decide(hunk)
        return taken == way

    def _decide(self, hunk: int) -> Optional[int]:
        groups = self._ways.groups(hunk)
        if len(groups) > 1 and self._ways.late(hunk):
            self._ways.passed(hunk)
            return None
        self.part([list(group) for group in groups.values()])
        self._taken[hunk] = taken = next(iter(self._ways.groups(hunk)))
        return int(taken)

    def part_seeds(self) -> None:
        """The seed itself is about to decide something: one group a seed."""
        groups: dict[int, list[int]] = {}
        for member in self.members:
            groups.setdefault(self.seeds[member], []).append(member)
        self.part(list(groups.values()))

    # ------------------------------------------------------------------------------------- parting

    def part(self, groups: "list[list[int]]") -> None:
        """Part the members; afterwards ``members`` is this process's own group. The leader's is the first."""
        if len(groups) < 2:
            return
        why = self._unsafe()
        if why is not None:
            self.refuse([m for group in groups[1:] for m in group], why)
            self.stand_for(groups[0])
            return
        groups = self._of_my_seed(groups)
        if len(groups) > 1:
            self.say(ask=self.key, groups=groups)
            groups = self.hear()["groups"]
        if not groups:  # nobody wants any of them any more
            os._exit(0)
        for group in groups[1:]:
            if parting.fork(self, group):
                break  # this is the child
        else:
            self.stand_for(groups[0])
        self._catch_up()

    def _unsafe(self) -> Optional[str]:
        if os.getpid() != self.pid:
            return "the difference is reached in a process that the script started"
        if threading.current_thread() is not threading.main_thread():
            return "the difference is reached in a thread that the script started"
        return forking.refusal() or handles.problem()

    def _of_my_seed(self, groups: "list[list[int]]") -> "list[list[int]]":
        """Without the members whose seed can no longer be taken."""
        mine = self.seeds[self.members[0]]
        others = [m for m in self.members if self.seeds[m] != mine]
        if not others or seeding.untouched():
            return groups
        self.refuse(others, "randomness was used before the first statement that is seeded", by_seed=True)
        kept = [[m for m in group if self.seeds[m] == mine] for group in groups]
        return [group for group in kept if group]

    def stand_for(self, group: "list[int]") -> None:
        """From here on this process is ``group``."""
        self.members = group
        seed = self.seeds[group[0]]
        if seed != seeding.current():
            seeding.reseed(seed)
        if self._ways is not None:
            self._due += self._ways.narrow(group)

    def _catch_up(self) -> None:
        """Execute what only the members here define, and what nobody could have noticed before."""
        if not self._due:
            return
        body, self._due = self._due, []
        try:
            tree = ast.Module(body=[*_future(self.merged.tree), *body], type_ignores=[])
            code = compile(ast.fix_missing_locations(tree), self.spec["script"], "exec", dont_inherit=True)
            exec(code, self._names)
        except BaseException as error:
            self.refuse(self.members, "definitions of its own failed ({}: {})".format(type(error).__name__, error))
            os._exit(0)

    def refuse(self, members: Sequence[int], why: str, by_seed: bool = False) -> None:
        """These runs cannot be had from this family; the process goes on without them."""
        step = 300
        for start in range(0, len(members), step):
            self.say(refused=list(members[start : start + step]), reason=why[:1000], by_seed=by_seed)

    # ------------------------------------------------------------------------------------- the wire

    def say(self, **message: Any) -> None:
        """One line to the server, in one piece."""
        line = (json.dumps(message, ensure_ascii=True) + "\n").encode("ascii")
        assert len(line) <= 4096, "a message that a pipe does not take in one piece"
        try:
            os.write(self._say, line)
        except OSError:  # the script closed every descriptor
            self._say = parting.far_open(self._place("say"), os.O_WRONLY)
            os.write(self._say, line)

    def hear(self) -> "dict[str, Any]":
        """The server's next line to this process; waits. Ends the process when there is no server any more."""
        while b"\n" not in self._heard:
            try:
                piece = os.read(self._go, 65536)
            except OSError:
                self.listen()
                continue
            if not piece:
                os._exit(1)
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def listen(self) -> None:
        """Open this process's own line from the server."""
        self._heard = b""
        self._go = parting.far_open(self._place("go.{}".format(self.key)), os.O_RDONLY)

    def stop_listening(self) -> None:
        try:
            os.close(self._go)
        except OSError:
            return  # the script did

    # ------------------------------------------------------------------------------------- the end

    def ours(self) -> bool:
        """Whether this is the process of a run, not one that the script forked."""
        return os.getpid() == self.pid

    def ending(self, end: "dict[str, Any]", error: Optional[BaseException]) -> "dict[str, Any]":
        """``end`` with what differs between the members: line and text of a traceback."""
        self.members = self._of_my_seed([self.members])[0]
        if error is None or self.merged is None:
            return end
        script = self.spec["script"]
        own: dict[str, Any] = {}
        for member in self.members:
            number = functools.partial(self.number, member=member)
            line = end.get("line")
            try:
                text = lines.text_of(error, script, number)[-20000:]
            except Exception:
                text = end["text"]
            own[str(member)] = {"line": None if line is None else number(line + 1) - 1, "text": text}
        return {**end, "members": own}

    def show(self, error: BaseException) -> None:
        """Print a traceback in the numbers of this process's leader."""
        lines.show(error, self.spec["script"], self.number)


def _future(tree: ast.Module) -> "list[ast.stmt]":
    return [s for s in tree.body if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
