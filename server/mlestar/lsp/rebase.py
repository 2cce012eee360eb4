"""A measured rewrite as edits of the text that the editor has now, or the reason why it cannot be that any more."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from lsprotocol import types as lsp

from cst_tools.types import Block, Edit, Patch
from mlestar.engine.types import CandidateReport, RefinementReport
from mlestar.lsp.analysis import Analysed, Checked
from mlestar.lsp.capabilities import ClientCapabilities


def measured_edits(known: Analysed, report: RefinementReport, candidate: CandidateReport) -> tuple[Edit, ...] | str:
    """Edits that lead from the text as it is now to the measured rewrite.

    The text that was measured takes the measured edits. In another text each block is looked for by id, content and
    structure, and must still have the code that was rewritten; imports that the rewrite needs are added to those that
    are there now.
    """
    from cst_tools.blocks import locate
    from cst_tools.edits import IMPORTS_ID, apply_patches, import_patch
    from cst_tools.import_use import idle_imports
    from cst_tools.script import hash_text

    if candidate.rewrite is None or candidate.new_text is None:
        return f"“{candidate.plan.title}” has no rewrite to apply: {candidate.reason}"
    if known.text == report.text:
        return candidate.edits
    if not known.fresh:
        return "The script does not parse now; mend it, then apply the rewrite again."
    script, blocks = known.analysis.script, known.analysis.blocks
    patches: list[Patch] = []
    imports: str | None = None
    for patch in candidate.rewrite.patches:
        if patch.block_id == IMPORTS_ID:
            imports = patch.new_code
            continue
        old = _block_then(report, patch.block_id, str(known.document.path))
        if old is None:
            return f"The block {patch.block_id} cannot be found in the script that was measured; optimise it again."
        found = locate(script, blocks, old, report.text[old.span.start : old.span.end])
        if isinstance(found, str):
            return found
        if hash_text(script.slice(found.span)) != patch.source_hash:
            return f"“{found.title}” has changed since it was measured; optimise it again."
        patches.append(replace(patch, block_id=found.id))
    applied = apply_patches(script, blocks, patches)
    if isinstance(applied, str) or imports is None:
        return applied if isinstance(applied, str) else applied.edits
    # what the rewrite dropped goes here too, where this text has no other use for it
    idle = idle_imports(script, script.with_text(applied.text, applied.edits).masked)
    then, now = _imported(report.text), _imported(imports)
    drop = [name for name in idle if name in then.values() and name not in now.values()]
    made = import_patch(script, blocks, [text for text in now if text not in then], drop)
    if isinstance(made, str):
        return made
    applied = apply_patches(script, blocks, patches if made is None else [made, *patches])
    return applied if isinstance(applied, str) else applied.edits


def _block_then(report: RefinementReport, block_id: str, path: str) -> Block | None:
    """The block as it stood in the text that was measured."""
    if report.block is not None and report.block.id == block_id:
        return report.block
    from cst_tools.analysis import analyse
    from cst_tools.script import Script

    then = analyse(Script.parse(report.text, path.removesuffix(".ipynb")))
    return next((block for block in then.blocks if block.id == block_id), None)


def _imported(code: str) -> dict[str, str]:
    """An import statement for each name that ``code`` imports, to the name it binds."""
    return {
        ast.unparse(_alone(node, alias)): alias.asname or alias.name.partition(".")[0]
        for node in _imports(code)
        for alias in node.names
    }


def _alone(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    if isinstance(node, ast.ImportFrom):
        return ast.ImportFrom(node.module, [alias], node.level)
    return ast.Import([alias])


def _imports(code: str) -> Sequence[ast.Import | ast.ImportFrom]:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError):
        return ()
    return [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]


def workspace_edit(
    known: Analysed | Checked, edits: tuple[Edit, ...], capabilities: ClientCapabilities
) -> lsp.WorkspaceEdit | str:
    """Edits tied to the versions they were computed from, for a client that takes versions."""
    by_part = known.layout.text_edits(edits)
    if isinstance(by_part, str):
        return by_part
    parts = known.document.parts
    if not capabilities.document_changes:
        return lsp.WorkspaceEdit(changes={parts[number].uri: found for number, found in by_part.items()})
    return lsp.WorkspaceEdit(
        document_changes=[
            lsp.TextDocumentEdit(
                text_document=lsp.OptionalVersionedTextDocumentIdentifier(
                    uri=parts[number].uri, version=parts[number].version
                ),
                edits=list(found),
            )
            for number, found in by_part.items()
        ]
    )
