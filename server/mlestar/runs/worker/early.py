"""Part all members right after the leading imports: nothing but the imports is shared, whatever the texts hold."""

from __future__ import annotations

import ast
import types
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .branching import Branching


def _leading(tree: ast.Module) -> int:
    """How many statements at the start are docstring and imports."""
    for place, statement in enumerate(tree.body):
        text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not isinstance(statement, (ast.Import, ast.ImportFrom)) and not (text and place == 0):
            return place
    return len(tree.body)


def execute(branch: "Branching", module: types.ModuleType) -> None:
    """Execute what all programs begin with, part, and execute the rest of the own one."""
    script = branch.spec["script"]
    trees: dict[int, ast.Module] = {}
    for member in list(branch.members):
        try:
            trees[member] = ast.parse(branch.texts[member], script)
            compile(trees[member], script, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if member == 0:
                branch.refuse(branch.members[1:], "the script does not compile")
                raise
            branch.refuse([member], "it does not compile ({})".format(error))
            branch.members.remove(member)
    first = trees[0]
    shared = min(_leading(tree) for tree in trees.values())
    dumps = {m: [ast.dump(s) for s in tree.body[:shared]] for m, tree in trees.items()}
    while shared and any(dump[:shared] != dumps[0][:shared] for dump in dumps.values()):
        shared -= 1
    flags = 0
    for statement in first.body[:shared]:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                flags |= int(getattr(import_module("__future__"), alias.name).compiler_flag)
    head = ast.Module(body=first.body[:shared], type_ignores=[])
    exec(compile(head, script, "exec", flags, dont_inherit=True), module.__dict__)
    branch.part([[member] for member in branch.members])
    rest = trees[branch.members[0]].body[shared:]
    if rest and isinstance(rest[0], ast.Expr) and isinstance(rest[0].value, ast.Constant):
        rest = [ast.copy_location(ast.Pass(), rest[0]), *rest[1:]]  # a string here is no docstring
    exec(compile(ast.Module(body=rest, type_ignores=[]), script, "exec", flags, dont_inherit=True), module.__dict__)
