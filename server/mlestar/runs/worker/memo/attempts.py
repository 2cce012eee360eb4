"""One call as a key, and the way between what it leaves behind and an entry of the store."""

from __future__ import annotations

import hashlib
import time
from typing import Any, Optional, Protocol

from . import ambient, values
from .effects import Watch
from .entries import Entries
from .files import FileRead, named_file
from .policy import Policy
from .prints import Prints, Unfit, set_state, state_of

_GONE = object()


class Memo(Protocol):
    """What is needed of `calls.Memo`."""

    entries: Entries
    policy: Policy
    watch: Watch
    salts: "tuple[str, str]"

    def allowed(self) -> bool: ...

    def refused(self, name: str, reason: Any) -> None: ...


class Target:
    """What is known beforehand about one wrapped function."""

    def __init__(
        self, name: str, *, method: bool, file: "Optional[str]" = None, composes: bool = False, chance: bool = False
    ) -> None:
        self.name, self.method, self.composes = name, method, composes
        self.file = file
        """Name of the first argument when it is a path that the function reads."""
        self.chance = chance
        """Whether it has a ``random_state`` of its own."""


class Found:
    """An entry that was read: what to put where."""

    def __init__(self, outcome: "dict[str, Any]", seconds: float) -> None:
        self.outcome, self.seconds = outcome, seconds


class Attempt:
    """One call as a key, and the way between its outcome and an entry."""

    def __init__(self, memo: Memo, target: Target, args: "tuple[Any, ...]", kwargs: "dict[str, Any]") -> None:
        if not memo.allowed():
            raise Unfit("the program changes libraries")
        self.memo, self.target = memo, target
        self.files: list[FileRead] = []
        rest, named = list(args), dict(kwargs)
        if target.file is not None:
            path = named_file(rest[0] if rest else named.get(target.file))
            if path is None:
                raise Unfit("it reads no plain file")
            self.files.append(FileRead(path, time.time_ns()))
            if rest:
                rest[0] = None
            else:
                named[target.file] = None
        self.prints = Prints()
        for place, value in enumerate(rest):
            self.prints.add(str(place), value)
        for name in sorted(named):
            self.prints.add("=" + name, named[name])
        self._check_talk()
        self.attributes = [{name: id(item) for name, item in vars(node).items()} for node in self.prints.nodes]
        self._kept = [list(vars(node).values()) for node in self.prints.nodes]  # ids must stay unique
        self.before = ambient.Randomness()
        self._base = hashlib.sha256(
            repr(
                (target.name, [f.print for f in self.files], sorted(self.prints.roots), self.prints.digest(),
                 ambient.environment_text(memo.salts[target.file is None], self.prints.roots))
            ).encode("utf-8", "surrogatepass")
        )  # fmt: skip
        chance = target.chance and named.get("random_state") is None
        self.bound = self.prints.unseeded or self.prints.ambient or chance

    def _check_talk(self) -> None:
        """Raise Unfit for an object that prints from compiled code, which nobody can note down."""
        for node in self.prints.nodes:
            kind = type(node)
            module = kind.__module__
            loud = vars(node).get("verbose")
            if loud and loud not in (-1,) and module.startswith("sklearn.") and not module.startswith(_OPEN_TALK):
                raise Unfit("{} is verbose".format(kind.__name__))
            jobs = vars(node).get("n_jobs")
            if jobs not in (None, 1) and self.prints.unseeded and _workers(jobs) > 1:
                raise Unfit("unseeded work in other processes")

    def keys(self) -> "tuple[str, str]":
        """The key for any state of the global generators, and the one for just the present state."""
        anyhow, bound = self._base.copy(), self._base.copy()
        bound.update(self.before.text.encode())
        return anyhow.hexdigest(), bound.hexdigest()

    def find(self) -> Optional[Found]:
        for _ in range(3):
            found = self._read()
            if found is None or not found.outcome["uses"]:
                return found
            # What it drew depends on the seed of the run: whoever wants to know that moment is told first.
            ambient.seed_is_used()
            now = ambient.Randomness()
            if now.text == self.before.text:
                return found
            self.before = now
        return None

    def _read(self) -> Optional[Found]:
        for key in self.keys():
            if not self.memo.entries.has(key):
                continue
            entry = self.memo.entries.read(key)
            if entry is None:
                continue
            stream, buffers, seconds = entry
            try:
                return Found(values.load(stream, buffers, self.prints), seconds)
            except Exception as error:
                self.memo.entries.remove(key)
                self.memo.refused(self.target.name, "an entry could not be read: {}".format(error))
        return None

    # ---- keeping -----------------------------------------------------------------------------------------------

    def keep(self, value: Any, mark: Any, took: float) -> int:
        """Store what the call left behind; bytes written. Raises Unfit when that cannot be done exactly."""
        begun = time.process_time()
        prints = self.prints
        drawn = ambient.Randomness()
        change = drawn.since(self.before)
        done = self.memo.watch.since(mark, [f.path for f in self.files])
        if not all(f.unchanged() for f in self.files):
            raise Unfit("the file changed meanwhile")
        old: dict[int, tuple[str, int]] = {}
        for place, root in enumerate(prints.values):
            if prints.again(-1, prints.names[place], root) != prints.units[-1, prints.names[place]]:
                raise Unfit("it changes an argument")
            self._trust(old, -1, prints.names[place])
            if isinstance(root, (list, dict, set, bytearray)):
                old[id(root)] = ("r", place)
        changes = [self._changes(number, node, old) for number, node in enumerate(prints.nodes)]
        old.update({id(node): ("n", number) for number, node in enumerate(prints.nodes)})
        old.update({id(generator): ("g", number) for number, generator in enumerate(prints.generators)})
        states = [state_of(generator) for generator in prints.generators]
        outcome = {
            "value": value,
            "nodes": changes,
            "generators": states,
            "drawn": change,
            "uses": 0 if change is None else change[3],
            "done": [_portable(item) for item in done],
        }
        stream, buffers = values.dump(outcome, prints, old)
        size = len(stream) + sum(b.nbytes for b in buffers)
        if (
            size > self.memo.entries.most_bytes // 8
            or size / 1.5e9 + time.process_time() - begun > self.memo.policy.share * took
        ):
            raise Unfit("keeping it costs too much")
        key = self.keys()[1 if self.bound or change is not None else 0]
        return self.memo.entries.write(key, stream, buffers, took)

    def _trust(self, old: "dict[int, tuple[str, int]]", owner: int, name: str) -> None:
        """Objects under a root or attribute that is as it was can be named instead of stored."""
        begin, end = self.prints.span[owner, name]
        for place in range(begin, end):
            old.setdefault(id(self.prints.seen[place]), ("s", place))

    def _changes(self, number: int, node: Any, old: "dict[int, tuple[str, int]]") -> "Optional[list[tuple[Any, ...]]]":
        """How to bring the attributes of ``node`` where they are now; None when nothing changed."""
        before, now = self.attributes[number], vars(node)
        steps: list[tuple[Any, ...]] = []
        changed = list(before) != list(now)
        for name, item in now.items():
            same = before.get(name, _GONE) == id(item)
            text = self.prints.units.get((number, name))
            if same and (text is None or self.prints.again(number, name, item) == text):
                if text is not None:
                    self._trust(old, number, name)
                steps.append((name, "keep"))
                continue
            changed = True
            if same and type(item) in (list, dict):
                steps.append((name, "fill", _contents(item)))
            elif same:
                raise Unfit("it changes {}.{} in place".format(type(node).__name__, name))
            else:
                steps.append((name, "set", values.light(name, item)))
        return steps if changed else None

    # ---- putting back ------------------------------------------------------------------------------------------

    def apply(self, found: Found) -> Any:
        """Leave everything as the call did, and give its value."""
        outcome = found.outcome
        for node, steps in zip(self.prints.nodes, outcome["nodes"]):
            if steps is None:
                continue
            present, later = vars(node), {}
            for name, how, *rest in steps:
                if how == "keep":
                    later[name] = present[name]
                elif how == "set":
                    later[name] = rest[0]
                else:
                    later[name] = _filled(present[name], rest[0])
            present.clear()
            present.update(later)
        for generator, state in zip(self.prints.generators, outcome["generators"]):
            set_state(generator, state)
        if outcome["drawn"] is not None:
            ambient.replay(outcome["drawn"])
        self.memo.watch.again(outcome["done"])
        return outcome["value"]


def _contents(item: Any) -> Any:
    return list(item.items()) if isinstance(item, dict) else tuple(item)


def _filled(item: Any, contents: Any) -> Any:
    if isinstance(item, dict):
        item.clear()
        item.update(contents)
    else:
        item[:] = contents
    return item


def _portable(item: "tuple[Any, ...]") -> "tuple[Any, ...]":
    if item[0] == "warn" and item[1].__module__ == "__main__":
        raise Unfit("a warning of the program's own")
    return item


def _workers(jobs: Any) -> int:
    try:
        import joblib  # type: ignore[import-untyped,unused-ignore]

        return int(joblib.effective_n_jobs(jobs))
    except Exception:
        return 2


_OPEN_TALK = tuple(
    "sklearn." + name
    for name in (
        "model_selection", "ensemble", "pipeline", "compose", "neural_network", "feature_selection", "multiclass",
        "multioutput", "calibration",
    )
)  # fmt: skip
"""Where ``verbose`` prints through Python."""
