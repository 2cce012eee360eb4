"""Comprehensions: of columns, of rows, of lists."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import (
    column_sets,
    derivation,
    expressions,
    hand_folds,
    overlap,
    scores,
    selection,
    vocabularies,
)
from cst_tools.flow.columns import filter_names
from cst_tools.flow.statistics import ELEMENT, VECTOR, used
from cst_tools.flow.values import (
    NO_CONSTANT,
    UNKNOWN,
    Kind,
    Value,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def comprehension(m: Interpreter, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Value:
    generator = node.generators[0]
    source = m.evaluate(generator.iter)
    if source.kind is Kind.DATA and isinstance(node.elt, ast.Name) and not isinstance(node, ast.GeneratorExp):
        source = column_sets.names_of(source)
    with m.inner_names():
        if source.kind is Kind.NAMES and len(node.generators) == 1 and isinstance(generator.target, ast.Name):
            m.bind(generator.target, m.iterate(source)[0], node)
            for test in generator.ifs:
                source = selection.influenced(source, m.evaluate(test))
            if isinstance(node.elt, ast.Name) and node.elt.id == generator.target.id:
                return filter_names(m, source, generator.target.id, generator.ifs)
            return _each_column(m, source, node.elt)
        results = []
        constants = source.kind is Kind.SEQUENCE and isinstance(source.const, tuple)
        for item in list(source.items[:40]) if constants else m.iterate(source):
            m.bind(generator.target, item, node)
            for inner in node.generators[1:]:
                m.bind(inner.target, m.iterate(m.evaluate(inner.iter))[0], node)
            tests = [m.evaluate(test) for test in generator.ifs]
            if any(expressions.truth(v) is False for v in tests):
                continue
            result = _listed(m.evaluate(node.elt))
            for test_value in tests:
                result = selection.influenced(result, test_value)
            if result.name == hand_folds.PIECE and generator.ifs and isinstance(node.elt, ast.Name | ast.Subscript):
                return replace(result, name=hand_folds.PIECES)  # all pieces but one
            results.append(result)
        if source.kind in (Kind.DATA, Kind.ROWS):
            element = results[0] if results else UNKNOWN
            words = vocabularies.listed(m, node, element)
            if words is not None:
                return words
            if element.name == vocabularies.WORD:
                element = replace(element, name=source.name)  # what was made of each word is the row again
            if scores.scores_of(element):
                return Value(Kind.SEQUENCE, items=(element,))
            if element.kind is Kind.DATA and element.rows:
                return overlap.unsure_rows(m, element, node) if generator.ifs else element
            if element.kind is Kind.RESIDUAL:
                return element
            if source.kind is Kind.DATA and element.kind is Kind.CONST and element.const is NO_CONSTANT:
                return derivation.changed(source)  # a label for each row
            if source.kind is Kind.DATA and element.kind is Kind.STATISTIC and element.name == VECTOR:
                return replace(source, columns=None, learned=source.learned | used(m, element))
            if source.kind is Kind.DATA and element.kind is Kind.UNKNOWN:
                return replace(source, columns=None)
            if source.kind is Kind.DATA and (encoded := vocabularies.encoded(m, source, element)) is not None:
                return encoded
            return element if element.kind is Kind.SEQUENCE else UNKNOWN
        if results and all(v.kind is Kind.CONST for v in results):
            return Value(Kind.SEQUENCE, items=tuple(results), const=tuple(v.const for v in results))
        return Value(Kind.SEQUENCE, items=tuple(results))


def _each_column(m: Interpreter, source: Value, element: ast.expr) -> Value:
    """``[df[c].mean() for c in df.columns]``"""
    value = m.evaluate(element)
    if value.kind in (Kind.STATISTIC, Kind.DATA) and (value.learned or value.rows):
        return Value(Kind.SEQUENCE, items=(_listed(value),))
    return replace(source, columns=None)


def _listed(value: Value) -> Value:
    """A row collected in a list: the list is a table again."""
    return replace(value, name="") if value.name == ELEMENT else value


def dict_comprehension(m: Interpreter, node: ast.DictComp) -> Value:
    generator = node.generators[0]
    with m.inner_names():
        keys, items = [], []
        for item in m.iterate(m.evaluate(generator.iter)):
            m.bind(generator.target, item, node)
            keys.append(expressions.key_of(m, node.key))
            items.append(m.evaluate(node.value))
            known = vocabularies.of_mapping(m.evaluate(node.key), items)
            if known is not None:
                return known
        return Value(Kind.MAPPING, keys=tuple(keys), items=tuple(items))
