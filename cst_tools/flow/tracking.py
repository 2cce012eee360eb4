"""State that remembers who read what, so that a part of a program is followed again only when it matters.

A `Store` is a dictionary whose reads and writes are noted in the frames that are open. A `Frame` is one statement
or one call being followed; when it ends, what it read from outside, what it wrote and what it reported make a `Memo`.
As long as everything it read is the same, the memo stands for following it again. This is the scheme of
self-adjusting computation (Acar, Blelloch, Harper: Adaptive functional programming, POPL 2002) for one interpreter.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from zlib import adler32, crc32

from cst_tools.flow.values import Value

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()
"""What reading an absent key is noted as: that it was absent matters too."""

Address = tuple[Hashable, Hashable]
"""(slot of the store, key in it)"""


def steady_hash(name: str) -> int:
    """As ``hash(name)``, but the same in every process: rows are put in order by numbers that are made of it."""
    data = name.encode()
    return crc32(data) << 28 ^ adler32(data)


@dataclass(slots=True, eq=False)
class Frame:
    """One statement or call while it is followed."""

    path: int
    """Names the way that led here: the same in the next version of the program while that way is the same."""
    bases: dict[Hashable, int]
    """For each store the index of its top layer when the frame was opened."""
    reads: dict[Address, Any] = field(default_factory=dict)
    written: dict[Address, Any] = field(default_factory=dict)
    records: list[Any] = field(default_factory=list)
    inner: list[Any] = field(default_factory=list)
    """Keys of the frames opened in this one."""
    occurrences: dict[str, int] = field(default_factory=dict)
    numbers: int = 0
    volatile: bool = False
    """It looked at something that is not noted, so it has to be followed every time."""


@dataclass(slots=True, eq=False)
class Memo:
    """What following one frame came to."""

    token: Any
    """What it depends on besides its reads."""
    reads: dict[Address, Any]
    written: dict[Address, Any]
    records: list[Any]
    steps: int
    result: Any
    inner: tuple[Any, ...]
    """Keys of the memos it was made of."""


class Tracker:
    """The open frames, innermost last, and the stores there are."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.stores: dict[Hashable, Store[Any, Any]] = {}

    def open(self, path: int) -> Frame:
        frame = Frame(path, {slot: len(store.layers) - 1 for slot, store in self.stores.items()})
        self.frames.append(frame)
        return frame

    def close(self, frame: Frame) -> None:
        """End the innermost frame; what it reported belongs to the one around it too."""
        self.frames.pop()
        if self.frames:
            if frame.records:
                self.frames[-1].records.append(frame.records)
            if frame.volatile:
                self.frames[-1].volatile = True

    def replay(self, memo: Memo) -> bool:
        """Do what the memo's frame did, if all that it read is as it was. The reads count for the frames around it."""
        stores = self.stores
        for (slot, key), value in memo.reads.items():
            store = stores.get(slot)
            if store is None:
                return False
            current = store.read(key)
            if current is not value and not same(current, value):
                return False
        for (slot, key), value in memo.written.items():
            stores[slot][key] = value
        if memo.records:
            self.frames[-1].records.append(memo.records)
        return True


class Store(MutableMapping[K, V], Generic[K, V]):
    """A dictionary in layers: each arm of a branch writes to a layer of its own."""

    __slots__ = ("_outside", "frames", "layers", "slot")

    def __init__(self, tracker: Tracker, slot: Hashable, *, lasting: bool = True) -> None:
        """``lasting``: it is part of the program's state; otherwise its frame's own, gone when that ends."""
        self.slot = slot
        self._outside = 0 if lasting else None
        self.frames = tracker.frames
        self.layers: list[dict[K, V]] = [{}]
        tracker.stores[slot] = self

    def read(self, key: K) -> V | _Missing:
        """The value or `MISSING`, noted in every open frame that it came into from outside."""
        layers = self.layers
        index = len(layers) - 1
        value: V | _Missing = MISSING
        while index >= 0:
            layer = layers[index]
            if key in layer:
                value = layer[key]
                break
            index -= 1
        slot = self.slot
        address = (slot, key)
        for frame in reversed(self.frames):
            base = frame.bases.get(slot, self._outside)
            if base is None or index > base or (index == base and address in frame.written):
                break  # made inside this frame
            if address in frame.reads:
                break  # noted before, here and further out
            frame.reads[address] = value
        return value

    def get(self, key: K, default: Any = None) -> Any:
        value = self.read(key)
        return default if value is MISSING else value

    def __getitem__(self, key: K) -> V:
        value = self.read(key)
        if value is MISSING:
            raise KeyError(key)
        return cast(V, value)

    def __contains__(self, key: object) -> bool:
        return self.read(cast(K, key)) is not MISSING

    def __setitem__(self, key: K, value: V) -> None:
        layers = self.layers
        layers[-1][key] = value
        top = len(layers) - 1
        slot = self.slot
        address = (slot, key)
        for frame in reversed(self.frames):
            base = frame.bases.get(slot, self._outside)
            if base is None or top > base:
                break  # inside an arm that this frame opened: the join writes it
            frame.written[address] = value

    def __delitem__(self, key: K) -> None:
        raise TypeError("nothing is ever forgotten here: bind the name to UNKNOWN")

    def __iter__(self) -> Iterator[K]:
        for frame in self.frames:
            frame.volatile = True
        return iter({key: None for layer in self.layers for key in layer})

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def push(self) -> dict[K, V]:
        """Open a layer, which is returned: what is written from now on is taken back by `pop_layer`."""
        layer: dict[K, V] = {}
        self.layers.append(layer)
        return layer

    def pop_layer(self) -> dict[K, V]:
        return self.layers.pop()

    def reset(self) -> None:
        self.layers = [{}]


def same(a: Any, b: Any) -> bool:
    """Whether ``b`` may stand for ``a`` in everything that follows: equality, and what equality leaves out."""
    if a is b:
        return True
    if a.__class__ is not b.__class__ or a != b:
        return False
    if a.__class__ is Value:
        if a.const.__class__ is not b.const.__class__:
            return False  # 1 == True == 1.0
        if a.columns is not None and a.columns.site is not b.columns.site:
            return False
        return all(same(x, y) for x, y in zip(a.items, b.items, strict=True))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return all(same(value, b[key]) for key, value in a.items())
    return True
