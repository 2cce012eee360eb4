"""L401: the target among the features."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from cst_tools.flow.values import Flow, Training
from cst_tools.rules.edit import Editor, loads
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Fix, FixClass, Severity


@dataclass(frozen=True)
class Place:
    """The target's columns among the features and the expression that decided the columns."""

    names: frozenset[str]
    site: ast.AST


class TargetAmongFeatures(Rule):
    """The column to be predicted, or a copy or recoding of it, is still among the features."""

    code = "L401"
    slug = "target-in-features"

    def check(self, context: Context) -> Iterator[Finding]:
        seen: set[object] = set()
        for training in context.flow.trainings:
            names = target_columns(training)
            columns = training.features.columns
            if not names or columns is None:
                continue
            node = columns.site or training.node
            place = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
            if place in seen:
                continue
            seen.add(place)
            shown = ", ".join(f"`{n}`" if not n.startswith("#") else f"column {n[1:]}" for n in sorted(names))
            severity = Severity.ERROR if is_scored(context.flow, training) else Severity.INFORMATION
            message = f"The target {shown} is still among the features that line {training.key[0]} trains on: drop it."
            related = (context.related("The model is trained on it here.", training.node),)
            yield self.finding(context, node, message, severity, related, Place(names, node))

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        return drop_target(context, place) if isinstance(place, Place) else None


def target_columns(training: Training) -> frozenset[str]:
    """The target's columns, copies included, that are certainly among the features."""
    features, target = training.features.columns, training.target.columns
    if features is None or target is None or not training.follows_columns or features.table != target.table:
        return frozenset()
    if target.only is None or len(target.only) > 8 or not target.sure:
        return frozenset()
    if training.features.rows != training.target.rows:
        return frozenset()  # shifted against each other: yesterday's value is no leak
    return frozenset(name for name in features.same_content(target.only) if features.holds(name))


def is_scored(flow: Flow, training: Training) -> bool:
    return any(training.model in e.models for e in flow.evaluations) or bool(flow.evaluations)


def drop_target(context: Context, place: Place) -> Fix | None:
    """Drop the target where the feature columns are chosen."""
    names = sorted(place.names)
    if any(n.startswith("#") for n in names) or _read_from_result(context, place):
        return None
    editor = Editor(context)
    quoted = ", ".join(f'"{n}"' for n in names)
    title = f"Drop {', '.join(f'`{n}`' for n in names)} from the features"
    site = place.site
    safety = FixClass.SAFE
    if isinstance(site, ast.Name):
        editor.replace(site, f"{site.id}.drop(columns=[{quoted}])")
    elif isinstance(site, ast.List):
        kept = [e for e in site.elts if not (isinstance(e, ast.Constant) and e.value in place.names)]
        texts = [context.source(e) for e in kept]
        if len(kept) == len(site.elts):
            texts.append(quoted)
        elif _list_is_shared(context, site):
            safety = FixClass.REVIEW
        editor.replace(site, f"[{', '.join(texts)}]")
    elif isinstance(site, ast.Call) and isinstance(site.func, ast.Attribute) and site.func.attr == "drop":
        given = next((k.value for k in site.keywords if k.arg in ("columns", "labels")), None)
        given = given if given is not None else (site.args[0] if site.args else None)
        if isinstance(given, ast.List):
            editor.replace(given, f"[{', '.join([*(context.source(e) for e in given.elts), quoted])}]")
        elif isinstance(given, ast.Constant):
            editor.replace(given, f"[{context.source(given)}, {quoted}]")
        else:
            return None
    else:
        return None
    return Fix(title, safety, editor.edits)


def _list_is_shared(context: Context, site: ast.List) -> bool:
    """Whether the column list is used in more than one place."""
    statement = context.statement_of(site)
    if statement is None or not isinstance(statement[0], ast.Assign):
        return False
    target = statement[0].targets[0]
    return isinstance(target, ast.Name) and len(loads(context.tree, target.id)) > 1


def _read_from_result(context: Context, place: Place) -> bool:
    """Whether the target is read later from the very table that would lose it."""
    statement = context.statement_of(place.site)
    if statement is None or not isinstance(statement[0], ast.Assign):
        return False
    targets = {t.id for t in statement[0].targets if isinstance(t, ast.Name)}
    line = statement[0].lineno
    for node in ast.walk(context.tree):
        if getattr(node, "lineno", 0) <= line:
            continue
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in targets:
            if any(isinstance(n, ast.Constant) and n.value in place.names for n in ast.walk(node.slice)):
                return True
            if isinstance(node.slice, ast.Name) and not isinstance(place.site, ast.List):
                return True
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in targets:
            if node.attr in place.names or node.attr == "pop":
                return True
    return False
