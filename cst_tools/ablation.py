"""Mechanical ablation variants by role: the same script and split with one block weakened.

Never touches a protected block. Every variant keeps what later code reads defined and what the evaluation stands
on unchanged (`cst_tools.gates`); variants that would not are not offered. At most three a block, most telling first.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from cst_tools.ablation_models import defaults, reference
from cst_tools.ablation_statements import Removal, remove_statements, returns_input
from cst_tools.ablation_training import fewer_epochs, first_member, not_resampled, not_stopped, untuned, unweighted
from cst_tools.ablation_transformers import passthrough, simpler_transformers
from cst_tools.edits import apply_patches, import_patch, make_patch
from cst_tools.gates import structural
from cst_tools.gates_evaluation import evaluation_names
from cst_tools.snippet import Change, Snippet
from cst_tools.types import Block, BlockKind, Facts, Patch, Role

if TYPE_CHECKING:
    from cst_tools.analysis import Analysis

MAX_VARIANTS = 3
_REMOVABLE = frozenset((Role.CLEAN, Role.FEATURES, Role.PREPROCESS))


@dataclass(frozen=True)
class Variant:
    """One block weakened. ``description`` completes "without this block: ..." for a person."""

    block_id: str
    description: str
    patches: tuple[Patch, ...]
    kind: str


def ablation_variants(analysis: Analysis, facts: Facts | None = None) -> tuple[Variant, ...]:
    """All variants in the order of the blocks; empty when the script has no objective or no tree.

    With ``facts``, of several models that a block may build only the fitted one is weakened.
    """
    fitted = frozenset(fit.estimator.rpartition(".")[2] for fit in facts.fits) if facts else frozenset()
    if analysis.script.tree is None or analysis.objective is None:
        return ()
    found: list[Variant] = []
    for block in analysis.blocks:
        if block.protected or block.id == "imports":
            continue
        of_block: list[Variant] = []
        texts: set[str] = set()
        for change in _changes(analysis, block, fitted):
            variant = _variant(analysis, block, change)
            if variant is None or variant.patches[0].new_code in texts:
                continue
            texts.add(variant.patches[0].new_code)
            of_block.append(variant)
            if len(of_block) == MAX_VARIANTS:
                break
        found.extend(of_block)
    return tuple(found)


def _variant(analysis: Analysis, block: Block, change: Change) -> Variant | None:
    patches = [make_patch(analysis.script, block, change.code)]
    if change.imports:
        imports = import_patch(analysis.script, analysis.blocks, change.imports)
        if isinstance(imports, str):
            return None
        if imports is not None:
            patches.append(imports)
    applied = apply_patches(analysis.script, analysis.blocks, patches)
    if isinstance(applied, str) or applied.text == analysis.script.text:
        return None
    if structural(analysis, applied.text, patches) is not None:
        return None
    return Variant(block.id, change.description, tuple(patches), change.kind)


def _changes(analysis: Analysis, block: Block, fitted: frozenset[str]) -> Iterator[Change]:
    """Candidate changes of a block, the most telling first."""
    snippet = Snippet.parse(analysis.script.slice(block.span))
    if snippet is None:
        return
    text = analysis.script.text
    made: list[Change | None] = []
    identity: Change | None = None
    if block.role in _REMOVABLE:
        identity, passed = _identity(block, snippet), passthrough(snippet, text)
        made += [identity, passed]
        if passed is None:
            made.append(_without(analysis, block, snippet, convert=False))
        made.append(simpler_transformers(snippet))
    if block.role is Role.ENSEMBLE:
        made += [first_member(snippet)]
    if block.role is Role.TUNE:
        made += [untuned(snippet, text)]
    if block.role in (Role.MODEL, Role.TRAIN, Role.ENSEMBLE, Role.TUNE, Role.PREDICT):
        made += [defaults(snippet, text, fitted), reference(snippet, text, fitted), not_resampled(snippet)]
        made += [unweighted(snippet), not_stopped(snippet), fewer_epochs(snippet)]
        made += [
            passthrough(snippet, text),
            simpler_transformers(snippet),
            first_member(snippet),
            untuned(snippet, text),
        ]
    if block.role in _REMOVABLE:
        made.append(not_resampled(snippet))
        if identity is None:
            made.append(_without(analysis, block, snippet, convert=True))
    yield from (change for change in made if change is not None)


def _without(analysis: Analysis, block: Block, snippet: Snippet, *, convert: bool) -> Change | None:
    names = evaluation_names(analysis)
    elsewhere = analysis.script.text[: block.span.start] + analysis.script.text[block.span.end :]
    if block.kind is BlockKind.STATEMENTS:
        later = {n for b in analysis.blocks if b.id != block.id for n in b.reads}
        removal = remove_statements(
            snippet,
            bound_before=block.reads,
            read_later=later,
            text_elsewhere=elsewhere,
            keep_names=names.truth | {"y", "target", "labels"},
            keep_columns=names.target_columns,
            convert=convert,
        )
        return _removed(removal) if removal is not None and removal.converted is convert else None
    if block.kind is not BlockKind.FUNCTION or len(snippet.statements) != 1:
        return None
    function = snippet.statements[0]
    if not isinstance(function, cst.FunctionDef) or not isinstance(function.body, cst.IndentedBlock):
        return None
    body = Snippet(
        cst.Module(
            body=[s for s in function.body.body if isinstance(s, (cst.SimpleStatementLine, cst.BaseCompoundStatement))]
        ),
        False,
    )
    tree = _function(snippet)
    if tree is None:
        return None
    parameters = {a.arg for a in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)}
    before = body.statements
    removal = remove_statements(
        body,
        bound_before=(),
        read_later=(),
        text_elsewhere=elsewhere,
        keep_names=names.truth | {"y", "target", "labels"},
        keep_columns=names.target_columns,
        convert=convert,
        inputs=parameters,
    )
    if removal is None or removal.converted is not convert:
        return None
    kept_source = {id(s) for s in before} & {id(s) for s in removal.kept}
    changed = function.with_changes(
        body=function.body.with_changes(
            body=[s for s in before if id(s) in kept_source] or [cst.parse_statement("pass")]
        )
    )
    return _removed(replace(removal, code=snippet.with_statements((changed,)).code))


def _removed(removal: Removal) -> Change:
    if removal.columns:
        listed = ", ".join(removal.columns[:6]) + (", ..." if len(removal.columns) > 6 else "")
        words = f"new columns {listed} left out" if removal.new else f"columns {listed} left as they were"
    else:
        words = f"{removal.statements} statement{'s' if removal.statements > 1 else ''} left out: {removal.what}"
    return Change(removal.code, words, "removed")


def _function(snippet: Snippet) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for node in snippet.read(snippet.statements[0]):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return node
    return None


def _identity(block: Block, snippet: Snippet) -> Change | None:
    """A function that returns its input at once."""
    if block.kind is not BlockKind.FUNCTION or len(snippet.statements) != 1:
        return None
    function = snippet.statements[0]
    tree = _function(snippet)
    if tree is None or not isinstance(function, cst.FunctionDef) or not isinstance(function.body, cst.IndentedBlock):
        return None
    name = returns_input(tree)
    if name is None:
        return None
    statements = [cst.parse_statement(f"return {name}")]
    if ast.get_docstring(tree) is not None:
        statements.insert(0, function.body.body[0])  # type: ignore[arg-type]  # a docstring is a statement line
    changed = function.with_changes(body=function.body.with_changes(body=statements))
    return Change(snippet.with_statements((changed,)).code, f"{tree.name}() returns its input unchanged", "identity")
