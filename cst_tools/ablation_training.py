"""Weakening training: no weights, no resampling, fewer epochs, no search, one member of an ensemble."""

from __future__ import annotations

import re
from collections.abc import Callable

import libcst as cst

from cst_tools.snippet import CallRewriter, Change, Snippet, called, keyword, with_args

_WEIGHTS = frozenset(
    ["class_weight", "sample_weight", "scale_pos_weight", "is_unbalance", "class_weights", "auto_class_weights"]
)
_STOPPING = frozenset(["early_stopping_rounds", "early_stopping", "callbacks"])
_EPOCHS = frozenset(["epochs", "n_epochs", "num_epochs", "max_epochs", "num_train_epochs", "num_boost_round"])


def without_arguments(names: frozenset[str], words: str, kind: str) -> Callable[[Snippet], Change | None]:
    """A rewriting that drops keyword arguments from every call."""

    def rewrite(snippet: Snippet) -> Change | None:
        lost: list[str] = []

        def change(node: cst.Call) -> cst.BaseExpression:
            kept = [a for a in node.args if a.keyword is None or a.keyword.value not in names]
            if len(kept) == len(node.args):
                return node
            lost.extend(a.keyword.value for a in node.args if a.keyword is not None and a.keyword.value in names)
            return with_args(node, kept)

        result = snippet.visit(CallRewriter(change))
        return Change(result.code, f"{words} ({', '.join(dict.fromkeys(lost))})", kind) if lost else None

    return rewrite


unweighted = without_arguments(_WEIGHTS, "without weights", "unweighted")
not_stopped = without_arguments(_STOPPING, "without early stopping", "no-early-stopping")


def not_resampled(snippet: Snippet) -> Change | None:
    """``X, y = sampler.fit_resample(A, B)`` gives A and B as they are."""
    changed: list[str] = []

    def change(node: cst.Call) -> cst.BaseExpression:
        if (
            called(node) in ("fit_resample", "fit_sample")
            and len(node.args) == 2
            and all(a.keyword is None for a in node.args)
        ):
            changed.append("rows")
            first, second = (snippet.source(a.value) for a in node.args)
            return cst.parse_expression(f"({first}, {second})")
        return node

    result = snippet.visit(CallRewriter(change))
    return Change(result.code, "without resampling", "not-resampled") if changed else None


def fewer_epochs(snippet: Snippet) -> Change | None:
    """A quarter of the epochs, where their number is written in the block."""
    seen: list[tuple[int, int]] = []

    def quarter(node: cst.BaseExpression) -> cst.BaseExpression | None:
        if isinstance(node, cst.Integer) and node.evaluated_value >= 4:
            new = node.evaluated_value // 4
            seen.append((node.evaluated_value, new))
            return cst.Integer(str(new))
        return None

    class Epochs(cst.CSTTransformer):
        def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
            if updated_node.keyword is not None and updated_node.keyword.value in _EPOCHS:
                new = quarter(updated_node.value)
                return updated_node.with_changes(value=new) if new is not None else updated_node
            return updated_node

        def leave_For(self, original_node: cst.For, updated_node: cst.For) -> cst.For:
            target, source = updated_node.target, updated_node.iter
            named = isinstance(target, cst.Name) and re.match(r"epoch|ep$|e$", target.value)
            if (
                named
                and isinstance(source, cst.Call)
                and called(source) in ("range", "trange")
                and len(source.args) == 1
            ):
                new = quarter(source.args[0].value)
                if new is not None:
                    args = [source.args[0].with_changes(value=new)]
                    return updated_node.with_changes(iter=source.with_changes(args=args))
            return updated_node

    result = snippet.visit(Epochs())
    if not seen:
        return None
    return Change(result.code, f"{seen[0][1]} instead of {seen[0][0]} epochs", "fewer-epochs")


_SEARCH = re.compile(r"^(?:Halving)?(?:Grid|Random|Randomized|Bayes)SearchCV$")


def untuned(snippet: Snippet, script_text: str) -> Change | None:
    """A search without anything to search: its base estimator as it is; one trial for a study."""
    if re.search(r"best_params_?\s*\[|cv_results_\s*\[\s*['\"]param_", script_text):
        return None
    words: list[str] = []

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if _SEARCH.match(name):
            args = list(node.args)
            for i, argument in enumerate(args):
                named = argument.keyword is not None and argument.keyword.value in (
                    "param_grid",
                    "param_distributions",
                    "search_spaces",
                )
                second = i == 1 and argument.keyword is None
                if (named or second) and not (isinstance(argument.value, cst.Dict) and not argument.value.elements):
                    args[i] = argument.with_changes(value=cst.Dict([]))
                    words.append("the estimator without its search")
                    return node.with_changes(args=args)
        if name == "optimize":
            argument_of = keyword(node, "n_trials")
            if argument_of is not None and not (
                isinstance(argument_of.value, cst.Integer) and argument_of.value.value == "1"
            ):
                words.append("one trial instead of a search")
                return node.with_changes(
                    args=[a.with_changes(value=cst.Integer("1")) if a is argument_of else a for a in node.args]
                )
        return node

    result = snippet.visit(CallRewriter(change))
    return Change(result.code, words[0], "untuned") if words else None


def first_member(snippet: Snippet) -> Change | None:
    """An ensemble of its first member only."""
    words: list[str] = []

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if re.match(r"(?:Voting|Stacking)(?:CV)?(?:Classifier|Regressor)$", name):
            args = []
            for i, argument in enumerate(node.args):
                key = argument.keyword.value if argument.keyword is not None else ("estimators" if i == 0 else "")
                if key == "weights":
                    continue
                if key == "estimators" and isinstance(argument.value, cst.List) and len(argument.value.elements) > 1:
                    first = argument.value.elements[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)
                    argument = argument.with_changes(value=argument.value.with_changes(elements=[first]))
                    words.append(f"{name} of its first member only")
                args.append(argument)
            return with_args(node, args) if words else node
        if (
            name in ("mean", "average", "median")
            and node.args
            and isinstance(node.args[0].value, (cst.List, cst.Tuple))
        ):
            elements = node.args[0].value.elements
            if len(elements) > 1 and keyword(node, "axis") is not None:
                words.append("the first member's prediction only")
                return elements[0].value
        return node

    class Sums(cst.CSTTransformer):
        def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
            members = _averaged(updated_node.value)
            if members is None:
                return updated_node
            words.append("the first member's prediction only")
            return updated_node.with_changes(value=members)

    result = snippet.visit(CallRewriter(change)).visit(Sums())
    return Change(result.code, words[0], "first-member") if words else None


def _averaged(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """The first summand of ``(a + b) / 2`` or ``0.6 * a + 0.4 * b``, without its weight."""
    if (
        isinstance(node, cst.BinaryOperation)
        and isinstance(node.operator, cst.Divide)
        and isinstance(node.right, (cst.Integer, cst.Float))
    ):
        inner = node.left
        parts = _summands(inner)
        return parts[0] if len(parts) > 1 else None
    parts = _summands(node)
    if len(parts) > 1 and all(
        isinstance(p, cst.BinaryOperation) and isinstance(p.operator, cst.Multiply) for p in parts
    ):
        first = parts[0]
        assert isinstance(first, cst.BinaryOperation)
        if isinstance(first.left, (cst.Float, cst.Integer)):
            return first.right
        if isinstance(first.right, (cst.Float, cst.Integer)):
            return first.left
    return None


def _summands(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        return [*_summands(node.left), *_summands(node.right)]
    return [node]
