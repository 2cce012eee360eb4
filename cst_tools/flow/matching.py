"""Which cases of a ``match`` statement may run."""

from __future__ import annotations

import ast

from cst_tools.flow.values import NO_CONSTANT, Kind, Value


def cases(subject: Value, node: ast.Match) -> list[ast.match_case]:
    """All of them, or the one that a known constant chooses."""
    if subject.kind is not Kind.CONST or subject.const is NO_CONSTANT:
        return node.cases
    for case in node.cases:
        verdict = _matches(subject.const, case.pattern)
        if verdict is None or (verdict and case.guard is not None):
            return node.cases
        if verdict:
            return [case]
    return []


def _matches(value: object, pattern: ast.pattern) -> bool | None:
    if isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant):
        return bool(pattern.value.value == value)
    if isinstance(pattern, ast.MatchSingleton):
        return pattern.value is value
    if isinstance(pattern, ast.MatchOr):
        verdicts = [_matches(value, p) for p in pattern.patterns]
        return True if True in verdicts else None if None in verdicts else False
    if isinstance(pattern, ast.MatchAs):
        return True if pattern.pattern is None else _matches(value, pattern.pattern)
    return None
