"""What a script must be told on its command line: required arguments of argparse, click, typer, fire, Hydra and absl.

Read from the syntax tree alone: a script that builds its parser elsewhere has none that can be seen here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Required:
    """Arguments without which a script ends with a usage error. ``how`` names the library, empty when there is none."""

    how: str = ""
    names: tuple[str, ...] = ()
    """As they are written on a command line: ``--data``, ``MODE``."""


def required_arguments(text: str) -> Required:
    """The required arguments that the text itself declares, in order; nothing for text that does not parse."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return Required()
    modules = _imported(tree)
    found: list[str] = []
    how = ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _called(node)
            if name == "add_argument" and "argparse" in modules:
                how, found = "argparse", found + _argparse(node)
            elif name == "mark_flag_as_required" and "absl" in modules:
                how, found = "absl", found + [f"--{_text(node.args[0])}" for _ in node.args[:1] if _text(node.args[0])]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            library, names = _of_function(node, modules)
            how, found = library or how, found + names
    if "fire" in modules:
        how, found = "fire", found + _fire(tree)
    how = how or next((name for name in ("hydra", "absl") if name in modules), "")
    return Required(how, tuple(dict.fromkeys(found)))


def _imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _called(node: ast.AST) -> str:
    """Last part of the name that is called or used as a decorator."""
    target = node.func if isinstance(node, ast.Call) else node
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def _text(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _keywords(node: ast.Call) -> dict[str, ast.expr]:
    return {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}


def _true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _argparse(node: ast.Call) -> list[str]:
    names = [_text(argument) for argument in node.args]
    if not names or not all(names):
        return []
    options = _keywords(node)
    if names[0].startswith("-"):
        longest = max(names, key=len)
        return [longest] if _true(options.get("required")) else []
    optional = _text(options.get("nargs")) in ("?", "*") or ("default" in options and "nargs" in options)
    return [] if optional else [_text(options.get("metavar")) or names[0]]


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef, modules: set[str]) -> tuple[str, list[str]]:
    found: list[str] = []
    library = ""
    for decorator in reversed(node.decorator_list):
        name = _called(decorator)
        if "click" in modules and name in ("option", "argument") and isinstance(decorator, ast.Call):
            library = "click"
            names, options = [_text(a) for a in decorator.args if _text(a)], _keywords(decorator)
            if name == "option":
                longest = max((n for n in names if n.startswith("-")), key=len, default="")
                # an option with a default is never asked for, whatever `required` says
                if longest and _true(options.get("required")) and "default" not in options:
                    found.append(longest.partition("/")[0])
            elif names and not ("default" in options or _is_false(options.get("required")) or _many(options)):
                found.append(names[0].upper())
        elif "typer" in modules and name in ("command", "callback"):
            library = "typer"
            found = [*found, *_typer(node)]
    if not library and "typer" in modules and not node.decorator_list and node.name == "main":
        return "typer", list(_typer(node))
    return library, found


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _many(options: dict[str, ast.expr]) -> bool:
    nargs = options.get("nargs")
    return isinstance(nargs, ast.UnaryOp) and not _true(options.get("required"))  # nargs=-1 takes none as well


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    yield from zip(plain, defaults, strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)


def _typer(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for parameter, default in _parameters(node):
        kind, call = "Argument", default
        if isinstance(parameter.annotation, ast.Subscript) and isinstance(parameter.annotation.slice, ast.Tuple):
            declared = [e for e in parameter.annotation.slice.elts[1:] if isinstance(e, ast.Call)]
            if declared:
                kind = _called(declared[0]) or kind
        if isinstance(call, ast.Call) and _called(call) in ("Option", "Argument"):
            kind = _called(call)
            first = call.args[0] if call.args else _keywords(call).get("default")
            default = None if first is None or (isinstance(first, ast.Constant) and first.value is ...) else first
        if default is None and not (parameter.annotation is not None and _called(parameter.annotation) == "Context"):
            name = parameter.arg.replace("_", "-")
            yield f"--{name}" if kind == "Option" else parameter.arg.upper()


def _fire(tree: ast.Module) -> list[str]:
    """Parameters without a default of the function given to ``fire.Fire``."""
    functions = {n.name: n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "Fire" and node.args and isinstance(node.args[0], ast.Name):
            function = functions.get(node.args[0].id)
            if function is not None:
                return [f"--{p.arg}" for p, default in _parameters(function) if default is None]
    return []
