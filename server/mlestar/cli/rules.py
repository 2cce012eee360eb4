"""`mlestar rule`: what the rules are about, out of the rules themselves."""

from __future__ import annotations

import inspect
from typing import Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from cst_tools.rules import NOTES, RULES, Rule, find_rule
from mlestar.cli import exits
from mlestar.cli.check.output import emit, emit_json

FORMS = ("text", "markdown", "json")


def run_rule(code: str | None, *, every: bool, form: str, out: Console) -> int:
    if form not in FORMS:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FORMS)}", param_hint="'--format'")
    rules = sorted((*RULES, *NOTES), key=lambda rule: rule.code)
    if every or code is None:
        if code is not None:
            raise typer.BadParameter("name one rule, or --all", param_hint="'CODE'")
        _list(rules, form, out)
        return exits.OK
    found = find_rule(code)
    if found is None:
        known = ", ".join(rule.code for rule in rules)
        raise typer.BadParameter(f"there is no rule {code}; rules: {known}", param_hint="'CODE'")
    if form == "json":
        emit_json(out, _record(found))
    elif form == "markdown":
        emit(out, found.page())
    else:
        out.print(Markdown(found.page()))
    return exits.OK


def _list(rules: list[type[Rule]], form: str, out: Console) -> None:
    if form == "json":
        emit_json(out, [_record(rule) for rule in rules])
    elif form == "markdown":
        emit(out, "\n".join(rule.page() for rule in rules))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("code", "rule", "what it finds"):
            table.add_column(title)
        for rule in rules:
            table.add_row(rule.code, rule.slug, _summary(rule))
        out.print(table)


def _summary(rule: type[Rule]) -> str:
    return inspect.cleandoc(rule.__doc__ or "").partition("\n")[0]


def _record(rule: type[Rule]) -> dict[str, Any]:
    return {"code": rule.code, "rule": rule.slug, "summary": _summary(rule), "page": rule.page()}
