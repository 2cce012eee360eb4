"""One program out of several versions of it: where they differ, the merged program asks which way to go.

The statement lists of all versions are aligned, into the bodies of compound statements whose header is the same. Where
they differ stands ``if __mlestar_choose__(k, 1): ... elif __mlestar_choose__(k, 2): ... else: ...``, as deep inside and
as late as Python's meaning of names allows. Everything else is there once and belongs to all of them. A process that
answers every question of one program does what that program does, from the first line to the last.

Definitions that are only new (imports, functions, constants that the leader never mentions) need no parting of the
ways: see `ways.Hunk`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Sequence, Union

from . import quiet, scopes, sinking
from .alike import BODIES, Lines, Shapes, move, opcodes
from .ways import Hunk, Merged, Ways

CHOOSE = "__mlestar_choose__"
"""The builtin the merged program calls: (number of the hunk, alternative) -> whether this process takes it."""


def merge(texts: "Sequence[Union[str, bytes]]", filename: str) -> Merged:
    """Merge programs; ``texts[0]`` is the leader, whose choices are all 0.

    Raises SyntaxError when the leader does not compile. ``filename`` is where the script lies: modules beside it are
    the user's own, and importing them is more than a definition.
    """
    trees: dict[int, ast.Module] = {}
    refused: dict[int, str] = {}
    lengths: list[int] = []
    for number, text in enumerate(texts):
        lengths.append(text.count(b"\n" if isinstance(text, bytes) else "\n") + 2)  # type: ignore[arg-type]
        try:
            trees[number] = ast.parse(text, filename)
            compile(trees[number], filename, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if number == 0:
                raise
            refused[number] = "It does not compile: {}.".format(error)
            trees.pop(number, None)
    lines = Lines(lengths)
    for number, tree in trees.items():
        move(tree, lines.starts[number])
    for number, reason in quiet.unmergeable(trees).items():
        refused[number] = reason
        del trees[number]
    while True:
        merger = _Merger(trees, lines, filename)
        try:
            tree = merger.module()
            compile(tree, filename, "exec", dont_inherit=True)
            return Merged(tree, merger.hunks, lines, refused)
        except (SyntaxError, ValueError, RecursionError) as error:
            if len(trees) == 1:
                raise
            worst = max(trees)
            refused[worst] = "It cannot be merged with the others: {}.".format(error)
            del trees[worst]


@dataclass
class _Change:
    """Statements [start, end) of the first version against [own_start, own_end) of another."""

    start: int
    end: int
    own_start: int
    own_end: int


class _Merger:
    def __init__(self, trees: "dict[int, ast.Module]", lines: Lines, filename: str) -> None:
        self.trees, self.lines = trees, lines
        self.shapes = Shapes()
        self.hunks: list[Hunk] = []
        self.programs = len(lines.starts)
        self.quiet = quiet.Quiet(trees, self.shapes)

    # ------------------------------------------------------------------ the module

    def module(self) -> ast.Module:
        versions: dict[int, list[ast.stmt]] = {}
        heads: dict[int, list[ast.stmt]] = {}
        for number, tree in self.trees.items():
            heads[number], versions[number] = quiet.split_module(tree)
        first = min(versions)
        for number in versions:
            if number != first:
                versions[number] = sinking.sunk(versions[first], versions[number], number, self.quiet, self.shapes)
        documents = quiet.documents(self.trees, self.quiet.reads_documents)
        body = self._choose(documents) if documents else []
        body = [*heads[first], *body, *self._list(versions, top=True)]
        return ast.fix_missing_locations(ast.Module(body=body, type_ignores=[]))

    # ------------------------------------------------------------------ lists of statements

    def _list(self, versions: "dict[int, list[ast.stmt]]", top: bool = False) -> "list[ast.stmt]":
        """The merged list; the lowest program's statements stand for those that are equal."""
        first = min(versions)
        base = versions[first]
        if len(versions) == 1:
            return list(base)
        changes = {n: self._changes(base, own) for n, own in versions.items() if n != first}
        places = dict.fromkeys(versions, 0)
        waiting = {n: list(found) for n, found in changes.items()}
        merged: list[ast.stmt] = []
        at = 0
        while at < len(base) or any(waiting.values()):
            starting = {n for n, found in waiting.items() if found and found[0].start == at}
            if starting and top:
                merged += self._silent(versions, waiting, starting, at)
                if not starting:
                    continue
            if not starting:
                merged += self._matched({n: own[places[n]] for n, own in versions.items()})
                places = {n: place + 1 for n, place in places.items()}
                at += 1
                continue
            end = self._reach(waiting, at)
            slices: dict[int, list[ast.stmt]] = {}
            for number, own in versions.items():
                taken = self._take(waiting.get(number, []), places[number], at, end)
                slices[number] = own[places[number] : taken]
                places[number] = taken
            merged += self._parted(slices, starting, top)
            at = end
        return merged

    def _changes(self, base: "list[ast.stmt]", own: "list[ast.stmt]") -> "list[_Change]":
        found: list[_Change] = []
        whole = self.shapes.whole
        for tag, a, b, c, d in opcodes([whole(s) for s in base], [whole(s) for s in own]):
            if tag == "equal":
                continue
            heads = [self.shapes.head(s) for s in base[a:b]], [self.shapes.head(s) for s in own[c:d]]
            for inner, e, f, g, h in opcodes(*heads):
                if inner != "equal":
                    found.append(_Change(a + e, a + f, c + g, c + h))
        return found

    @staticmethod
    def _reach(waiting: "dict[int, list[_Change]]", at: int) -> int:
        """End of the region at ``at`` that no program's change crosses."""
        end = max(found[0].end for found in waiting.values() if found and found[0].start == at)
        grown = True
        while grown:
            grown = False
            for found in waiting.values():
                for change in found:
                    if change.start < end < change.end:
                        end, grown = change.end, True
        return end

    @staticmethod
    def _take(waiting: "list[_Change]", place: int, at: int, end: int) -> int:
        """Where a program's statements for [at, end) of the first version end; its changes there are used up."""
        position = at
        while waiting and (waiting[0].start < end or waiting[0].start == at):
            change = waiting.pop(0)
            place += change.start - position
            place += change.own_end - change.own_start
            position = change.end
        return place + end - position

    def _silent(
        self,
        versions: "dict[int, list[ast.stmt]]",
        waiting: "dict[int, list[_Change]]",
        starting: "set[int]",
        at: int,
    ) -> "list[ast.stmt]":
        """Take out the changes at ``at`` of definitions that nobody else can notice: those of the first version stay
        for all, new ones are late. Programs left in ``starting`` differ in more."""
        late: dict[int, list[ast.stmt]] = {}
        for number in sorted(starting):
            change = waiting[number][0]
            removed = versions[min(versions)][change.start : change.end]
            added = versions[number][change.own_start : change.own_end]
            if not self.quiet.silent(number, removed, added):
                continue
            starting.discard(number)
            waiting[number].pop(0)
            versions[number][change.own_start : change.own_end] = removed
            for later in waiting[number]:
                later.own_start += len(removed) - len(added)
                later.own_end += len(removed) - len(added)
            if added:
                late[number] = added
        return self._choose({n: late.get(n, []) for n in versions}, late=True) if late else []

    # ------------------------------------------------------------------ one statement, equal or nearly so

    def _matched(self, nodes: "dict[int, ast.stmt]") -> "list[ast.stmt]":
        inside, others = self._sharing(nodes)
        if not others:
            return [self._within(inside)]
        return self._branch({n: [node] for n, node in others.items()}, lambda: [self._within(inside)], inside)

    def _sharing(self, nodes: "dict[int, ast.stmt]") -> "tuple[dict[int, ast.stmt], dict[int, ast.stmt]]":
        """Those whose bodies can be one body with the first version's, and the rest."""
        inside: dict[int, ast.stmt] = {}
        distinct: dict[int, ast.stmt] = {}
        for number, node in nodes.items():
            whole = self.shapes.whole(node)
            if not inside or whole in distinct or self.quiet.shareable([*distinct.values(), node]):
                inside[number] = distinct[whole] = node
        return inside, {n: node for n, node in nodes.items() if n not in inside}

    def _within(self, nodes: "dict[int, ast.stmt]") -> ast.stmt:
        """One compound statement whose parts are merged; the headers are equal."""
        first = min(nodes)
        shown: Any = nodes[first]
        whole = self.shapes.whole(shown)
        if all(self.shapes.whole(n) == whole for n in nodes.values()):
            for number, node in nodes.items():
                if node is not shown:
                    self.lines.same(shown, number, node)
            return shown  # type: ignore[no-any-return]
        made: Any = type(shown)(**{name: getattr(shown, name, None) for name in shown._fields})
        ast.copy_location(made, shown)
        for number, node in nodes.items():
            if node is not shown:
                self.lines.same(shown, number, node, head=True)
        for name in BODIES:
            if isinstance(getattr(shown, name, None), list):
                lists = {n: list(getattr(node, name)) for n, node in nodes.items()}
                setattr(made, name, self._body(shown, lists, required=name == "body"))
        for name in ("handlers", "cases"):
            if hasattr(shown, name):
                parts = []
                for place, part in enumerate(getattr(shown, name)):
                    other: Any = type(part)(**{f: getattr(part, f, None) for f in part._fields})
                    ast.copy_location(other, part)
                    lists = {n: list(getattr(node, name)[place].body) for n, node in nodes.items()}
                    other.body = self._body(part, lists, required=True)
                    parts.append(other)
                setattr(made, name, parts)
        return made  # type: ignore[no-any-return]

    def _body(self, owner: ast.AST, lists: "dict[int, list[ast.stmt]]", required: bool) -> "list[ast.stmt]":
        front: list[ast.stmt] = []
        if isinstance(owner, (*scopes.FUNCTIONS, ast.ClassDef)):
            front, lists = quiet.split_body(owner, lists)
        merged = [*front, *self._list(lists)]
        return merged or ([_at(ast.Pass(), owner)] if required else [])

    # ------------------------------------------------------------------ parting

    def _parted(self, slices: "dict[int, list[ast.stmt]]", starting: "set[int]", top: bool) -> "list[ast.stmt]":
        """A region where the programs ``starting`` go ways of their own at once; the rest may yet differ further in."""
        rest = {n: part for n, part in slices.items() if n not in starting}
        own = {n: part for n, part in slices.items() if n in starting}
        return self._branch(own, lambda: self._list(rest, top), rest)

    def _branch(
        self,
        own: "dict[int, list[ast.stmt]]",
        last: "Callable[[], list[ast.stmt]]",
        rest: "Iterable[int]",
    ) -> "list[ast.stmt]":
        groups: dict[Any, dict[int, list[ast.stmt]]] = {}
        for number, part in own.items():
            key = self.quiet.news(number), self.shapes.whole(part[0]) if part else None
            groups.setdefault(key, {})[number] = part
        hunk = self._hunk()
        for number in rest:
            hunk.alternatives[number] = 0
        bodies: list[list[ast.stmt]] = []
        for way, group in enumerate(groups.values(), start=1):
            for number in group:
                hunk.alternatives[number] = way
            bodies.append(self._list(group))
        return _chain(hunk.number, bodies, last())

    def _choose(self, parts: "dict[int, list[ast.stmt]]", late: bool = False) -> "list[ast.stmt]":
        """Whole alternatives, equal ones together; an empty one, or the first program's, is the last."""
        first = min(parts)
        hunk = self._hunk()
        hunk.late = late
        ways = {tuple(self.shapes.whole(s) for s in parts[first]): 0}
        bodies: dict[int, list[ast.stmt]] = {0: parts[first]}
        for number, part in parts.items():
            way = ways.setdefault(tuple(self.shapes.whole(s) for s in part), len(ways))
            shown = bodies.setdefault(way, part)
            for one, other in zip(shown, part):
                self.lines.same(one, number, other)
            hunk.alternatives[number] = way
        if late:
            hunk.definitions = {way: body for way, body in bodies.items() if body}
        return _chain(hunk.number, [body for way, body in bodies.items() if way], bodies[0])

    def _hunk(self) -> Hunk:
        self.hunks.append(Hunk(len(self.hunks), [None] * self.programs))
        return self.hunks[-1]


def _at(node: Any, like: ast.AST) -> Any:
    return ast.copy_location(node, like)


def _chain(number: int, bodies: "list[list[ast.stmt]]", last: "list[ast.stmt]") -> "list[ast.stmt]":
    """``if choose(number, 1): ... elif choose(number, 2): ... else: last``."""
    rest = last
    for way in range(len(bodies), 0, -1):
        body = bodies[way - 1]
        like = next((s for s in (*body, *last) if hasattr(s, "lineno")), None)
        call = ast.Call(
            func=ast.Name(id=CHOOSE, ctx=ast.Load()),
            args=[ast.Constant(value=number), ast.Constant(value=way)],
            keywords=[],
        )
        branch = ast.If(test=call, body=body or [ast.Pass()], orelse=rest)
        if like is not None:
            for node in (branch, call, call.func, *call.args, *([] if body else branch.body)):
                ast.copy_location(node, like)
        rest = [branch]
    return rest


__all__ = ["CHOOSE", "Hunk", "Merged", "Ways", "merge"]
