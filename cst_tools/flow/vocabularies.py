"""Vocabularies made by hand: words of all texts counted or collected, then looked up to make numbers of each text.

A row of a table of texts is named `ELEMENT`, what a loop over such a row yields is a `WORD`, and a flat collection of
those is `WORDS`. Counted or put into a set they are a statistic named `VOCABULARY`; whoever looks something up in one
has learned it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow.statistics import ELEMENT, used
from cst_tools.flow.values import UNKNOWN, Kind, Learned, Learns, Value, flatten, merged, replace

if TYPE_CHECKING:
    from cst_tools.flow.arguments import Arguments
    from cst_tools.flow.interpreter import Interpreter

WORD = "word"
WORDS = "words"
JOINED = "joined texts"
VOCABULARY = "vocabulary"
COUNTER = "counter"
GROWING = (COUNTER, VOCABULARY)
_LETTERS = frozenset(("c", "ch", "char", "letter", "character"))
_COLLECT = frozenset(("update", "add", "append", "extend", "subtract"))


def element_of(value: Value) -> str:
    """The name of what a loop over a table yields."""
    return WORD if value.name == ELEMENT else value.name or ELEMENT


def within_row(value: Value) -> bool:
    return value.name in (ELEMENT, WORD)


def _words_in(value: Value) -> Value | None:
    """The rows behind a collection of words; None when it is something else."""
    found = [v for v in flatten(value) if v.kind is Kind.DATA and v.rows and v.name in (WORD, WORDS)]
    if not found:
        return None
    both = merged(found)
    return replace(both, concatenated=both.concatenated or len(both.rows) > 1) if len(found) > 1 else both


def made(m: Interpreter, node: ast.AST, what: str, words: Value) -> Value:
    learned = Learned(m.place(node), words.rows, Learns.TEXT, what, concatenated=words.concatenated)
    return Value(Kind.STATISTIC, learned=words.learned | {learned}, name=VOCABULARY)


def collected(m: Interpreter, node: ast.AST, what: str, given: Value) -> Value | None:
    """``set(words)``, ``Counter(words)``: None when these are no words."""
    words = _words_in(given)
    if words is not None:
        return made(m, node, what, words)
    known = [v for v in flatten(given) if is_vocabulary(v)]
    return known[0] if known else None


def count(m: Interpreter, a: Arguments) -> Value:
    """``Counter(words)``, ``FreqDist(words)``; without words something that may be given some later."""
    given = a.positional[0] if a.positional else UNKNOWN
    function = a.node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", COUNTER)
    found = collected(m, a.node, name, given)
    return Value(name=COUNTER, ref=m.number()) if found is None else found


def is_vocabulary(value: Value) -> bool:
    return value.kind is Kind.STATISTIC and value.name == VOCABULARY


def add(m: Interpreter, owner: Value, name: str, a: Arguments, base: ast.expr) -> bool:
    """``counter.update(text.split())``, ``vocabulary.add(word)``, ``words.extend(text.split())``."""
    if name not in _COLLECT or not a.positional:
        return False
    given = a.positional[0]
    if name in ("update", "extend", "subtract") and given.kind is Kind.DATA and given.name == ELEMENT:
        given = replace(given, name=WORDS)
    words = _words_in(given)
    if words is None:
        return False
    if name in ("append", "extend"):
        if owner.kind is Kind.SEQUENCE:
            m.assign_to(base, replace(owner, items=(*owner.items[:49], replace(words, name=WORDS))))
        return owner.kind is Kind.SEQUENCE
    counts = owner.name == COUNTER or (is_vocabulary(owner) and name != "add")
    if not counts and owner.kind is not Kind.SEQUENCE and not is_vocabulary(owner):
        return False
    result = made(m, a.node, "Counter" if counts else "set of words", words)
    m.assign_to(base, replace(result, learned=result.learned | owner.learned) if is_vocabulary(owner) else result)
    return True


def stored(m: Interpreter, target: ast.Subscript, owner: Value, base: ast.expr) -> bool:
    """``counts[word] += 1``, ``number[word] = len(number)``, and ``matrix[i, number[word]] = 1``."""
    if owner.kind is Kind.MAPPING or owner.name == COUNTER or is_vocabulary(owner):
        key = m.evaluate(target.slice)
        words = key if is_vocabulary(key) else _words_in(key)
        if words is None:
            return False
        result = words if is_vocabulary(words) else made(m, target, "dictionary of words", words)
        m.assign_to(base, replace(result, learned=result.learned | owner.learned) if is_vocabulary(owner) else result)
        return True
    if owner.kind is not Kind.UNKNOWN or owner.rows or not isinstance(base, ast.Name):
        return False
    index = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
    for value in (m.evaluate(node) for node in index if not isinstance(node, ast.Slice)):
        if value.kind is Kind.DATA and within_row(value) and any(one.kind is Learns.TEXT for one in value.learned):
            m.assign_to(base, replace(value, name="", columns=None))
            return True
    return False


def look_up(m: Interpreter, owner: Value, key: Value) -> Value:
    """``vocabulary[word]``: what it says about a word of a row is part of that row."""
    found = [v for v in flatten(key) if v.kind is Kind.DATA and v.rows]
    if not found:
        return owner
    return replace(found[0], learned=found[0].learned | used(m, owner), columns=None)


def method(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value | None:
    """``vocabulary.get(word, 0)``; None for methods that return it or part of it."""
    return look_up(m, owner, a.positional[0]) if name in ("get", "index") and a.positional else None


def listed(m: Interpreter, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, element: Value) -> Value | None:
    """``w for t in texts for w in t.split()``: all words; a set of them is a vocabulary. None when it is no such."""
    if len(node.generators) < 2 or element.kind is not Kind.DATA or element.name != WORD:
        return None
    target = node.generators[-1].target
    if isinstance(target, ast.Name) and target.id in _LETTERS:
        return replace(element, name="")
    words = replace(element, name=WORDS)
    return made(m, node, "set of words", words) if isinstance(node, ast.SetComp) else words


def of_mapping(key: Value, items: list[Value]) -> Value | None:
    """``{word: i for i, word in enumerate(vocabulary)}``"""
    return next((v for v in (key, *items) if is_vocabulary(v)), None)


def encoded(m: Interpreter, rows: Value, element: Value) -> Value | None:
    """A list made for each of ``rows`` with the help of a vocabulary; None when there is none in it."""
    found = [v for v in flatten(element) if is_vocabulary(v)]
    if not found:
        return None
    learned = rows.learned.union(*(used(m, v) for v in found))
    return replace(rows, columns=None, learned=learned, name="" if rows.name == ELEMENT else rows.name)


def joined(separator: Value, a: Arguments, name: str) -> Value | None:
    """``" ".join(texts)``"""
    if name != "join" or not isinstance(separator.const, str) or not a.positional:
        return None
    texts = merged(a.positional[:1])
    if texts.kind is not Kind.DATA or not texts.rows:
        return None
    return replace(texts, columns=None, name=texts.name or JOINED)
