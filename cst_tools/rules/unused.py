"""Suppression comments that suppress nothing, or name no rule."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping

from cst_tools.rules.rule import Rule
from cst_tools.rules.suppression import OWN, Suppression, Suppressions
from cst_tools.script import Script
from cst_tools.types import Edit, Finding, Fix, FixClass, Severity, Span


class UnusedSuppression(Rule):
    """A suppression comment suppresses nothing, or names a rule that does not exist.

    ## What it does

    Looks for the codes in `# mlestar: ignore[...]` and `# mlestar: ignore-file[...]` that have no finding to suppress,
    and for those that are no rule's code or slug. It is a hint (information) and never fails a check.

    ## Why is this bad

    The comment outlives the reason for it: the code was mended or moved, and when the same mistake comes back on that
    line nobody is told. A code with a typing error suppresses nothing from the start.

    ## Example

    ```python
    X_train = scaler.fit_transform(X_train)  # mlestar: ignore[L101] checked by hand
    ```

    The scaler learns from the training rows alone, so there is nothing to suppress. Use instead:

    ```python
    X_train = scaler.fit_transform(X_train)
    ```

    ## Fix safety

    Safe: it removes the code that is not needed, and the whole comment when no code is left; other words in the comment
    stay. For a code that no rule has, the fix is for review, since another code may have been meant.

    Nothing is said about codes of rules that are turned off, that failed, or while part of a notebook cannot be read.

    ## Options

    `ignore = ["S001"]` in `[tool.mlestar]`, or `# mlestar: ignore-file[S001]` in a file.

    ## References

    - User guide, "Telling it more: comments"
    """

    code = "S001"
    slug = "unused-suppression"


def unused(comments: Suppressions, ran: Collection[str], codes: Mapping[str, str]) -> Iterator[Finding]:
    """The findings about directives. ``ran``: codes of rules that were asked; ``codes``: code of each name, upper case.

    A directive is judged only by rules that ran, one without codes only when all did.
    """
    everything = frozenset(codes.values()) - OWN <= frozenset(ran)
    for one in comments.all:
        if not one.codes:
            if everything and (one, "") not in comments.used:
                yield _finding(comments.script, one, one.codes)
            continue
        unknown = [code for code in one.codes if code.upper() not in codes]
        idle = [
            code
            for code in one.codes
            if code.upper() in codes
            and code.upper() not in OWN
            and codes[code.upper()] in ran
            and (one, code) not in comments.used
        ]
        if idle:
            yield _finding(comments.script, one, tuple(idle))
        for code in unknown:
            yield _unknown(comments.script, one, code, codes)


def _finding(script: Script, one: Suppression, idle: tuple[str, ...]) -> Finding:
    whole = len(idle) == len(one.codes)
    what = script.slice(one.span).partition("]")[0] + "]" if one.listed else script.slice(one.span)
    subject = f"`{what}`" if whole else " and ".join(f"`{code}`" for code in idle)
    reason = " in this file" if one.whole_file else " here"
    one_thing = whole or len(idle) == 1
    words = f"suppresses nothing{reason}: remove it" if one_thing else f"suppress nothing{reason}: remove them"
    message = f"{subject} {words}."
    title = "Remove the suppression" if whole else f"Remove {', '.join(idle)} from the suppression"
    fix = Fix(title, FixClass.SAFE, (_without(script, one, idle),))
    return Finding("S001", UnusedSuppression.slug, message, Severity.INFORMATION, one.span, fix=fix)


def _unknown(script: Script, one: Suppression, code: str, codes: Mapping[str, str]) -> Finding:
    near = difflib.get_close_matches(code.upper(), codes, n=1, cutoff=0.7)
    hint = f" (`{near[0] if near[0] in codes.values() else near[0].lower()}`?)" if near else ""
    message = f"There is no rule `{code}`{hint}, so this suppresses nothing: correct the code or remove it."
    fix = Fix(f"Remove {code} from the suppression", FixClass.REVIEW, (_without(script, one, (code,)),))
    return Finding("S001", UnusedSuppression.slug, message, Severity.INFORMATION, one.span, fix=fix)


def _without(script: Script, one: Suppression, idle: tuple[str, ...]) -> Edit:
    kept = [code for code in one.codes if code not in idle]
    if kept and one.listed is not None:
        return Edit(one.listed, ", ".join(kept))
    text, index = script.text, script.index
    line = index.line_span(one.line)
    start, end = one.span.start, one.span.end
    if one.span == one.comment and one.alone:
        following = line.end + (2 if text.startswith("\r\n", line.end) else 1)
        cell_end = any(cell.end == line.end for cell in script.cells)
        if line.end < len(text) and not cell_end:
            return Edit(Span(line.start, following), "")
        return Edit(line, "")
    if one.span.end < one.comment.end:  # another comment behind: it takes the place
        behind = text[end : one.comment.end]
        return Edit(Span(start, end + len(behind) - len(behind.lstrip())), "")
    before = text[line.start : start]
    return Edit(
        Span(line.start + len(before.rstrip()), max(end, line.end if not text[end : line.end].strip() else end)), ""
    )
