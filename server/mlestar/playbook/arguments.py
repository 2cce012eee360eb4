"""Keyword arguments of a call, set in the call's own layout; or in the literal dictionary that it spreads."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

import libcst as cst

from mlestar.playbook.estimators import ESTIMATORS
from mlestar.playbook.rewriting import Draft, Form
from mlestar.playbook.scene import Scene


def literal(code: str) -> object:
    """The value of a literal expression; the exception class `ValueError` itself when it is not one."""
    try:
        return ast.literal_eval(code)
    except (ValueError, SyntaxError):
        return ValueError


def keywords(scene: Scene, call: cst.Call) -> dict[str, str]:
    """Keyword arguments as written, in order; the first positional one under its parameter's name.

    What is spread from a dictionary that the script writes out once counts too.
    """
    found: dict[str, str] = {}
    for source in spread(call):
        found |= scene.names.dictionary(source) or {}
    known = ESTIMATORS.get(scene.canonical(call.func) or "")
    for index, arg in enumerate(call.args):
        if arg.keyword is not None:
            found[arg.keyword.value] = scene.code.code_of(arg.value)
        elif not arg.star and index == 0 and known is not None and known.first:
            found[known.first] = scene.code.code_of(arg.value)
    return found


def spread(call: cst.Call) -> list[str]:
    """Names spread into ``call`` by ``**``; ``?`` for another expression."""
    return [a.value.value if isinstance(a.value, cst.Name) else "?" for a in call.args if a.star == "**"]


def unplain(scene: Scene, call: cst.Call) -> str | None:
    """Why the arguments of ``call`` cannot be told by name; None when they can."""
    known = ESTIMATORS.get(scene.canonical(call.func) or "")
    allowed = 1 if known is not None and known.first else 0
    if sum(1 for a in call.args if a.keyword is None and not a.star) > allowed:
        return "it is given arguments by position"
    if any(a.star == "*" for a in call.args):
        return "it is given `*` arguments"
    return None


def with_keywords(call: cst.Call, values: Mapping[str, str]) -> cst.Call:
    """``call`` with keywords set: values replaced where they stand, new ones at the end in the call's layout."""
    left = dict(values)
    args: list[cst.Arg] = []
    for arg in call.args:
        name = arg.keyword.value if arg.keyword is not None else None
        args.append(arg.with_changes(value=cst.parse_expression(left.pop(name))) if name in left else arg)
    for name, value in left.items():
        args = _appended(args, call.whitespace_before_args, name, value)
    return call.with_changes(args=args)


def _appended(args: list[cst.Arg], opening: cst.BaseParenthesizableWhitespace, name: str, value: str) -> list[cst.Arg]:
    new = cst.Arg(
        keyword=cst.Name(name),
        value=cst.parse_expression(value),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    if not args:
        return [new]
    last = args[-1]
    if len(args) > 1 and isinstance(args[-2].comma, cst.Comma):
        gap = args[-2].comma.whitespace_after
    elif isinstance(opening, cst.ParenthesizedWhitespace):
        gap = opening
    else:
        gap = cst.SimpleWhitespace(" ")
    if isinstance(gap, cst.ParenthesizedWhitespace):
        gap = gap.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
    if isinstance(last.comma, cst.Comma):
        closing = last.comma
        kept = gap
        if isinstance(closing.whitespace_after, cst.ParenthesizedWhitespace):
            # A comment behind the last argument stays behind it.
            if isinstance(gap, cst.ParenthesizedWhitespace):
                kept = closing.whitespace_after.with_changes(last_line=gap.last_line, indent=gap.indent)
            closing = closing.with_changes(
                whitespace_after=closing.whitespace_after.with_changes(
                    first_line=cst.TrailingWhitespace(), empty_lines=[]
                )
            )
        return [*args[:-1], last.with_changes(comma=cst.Comma(whitespace_after=kept)), new.with_changes(comma=closing)]
    ending = last.whitespace_after_arg
    if isinstance(ending, cst.ParenthesizedWhitespace) and isinstance(gap, cst.ParenthesizedWhitespace):
        comment = ending.with_changes(last_line=gap.last_line, indent=gap.indent)
        separator = cst.Comma(whitespace_after=comment if ending.first_line.comment is not None else gap)
        ending = ending.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
    else:
        separator = cst.Comma(whitespace_after=gap)
    old = last.with_changes(comma=separator, whitespace_after_arg=cst.SimpleWhitespace(""))
    return [*args[:-1], old, new.with_changes(whitespace_after_arg=ending)]


def set_keywords(scene: Scene, draft: Draft, call: cst.Call, values: Mapping[str, str]) -> list[str] | str:
    """Set parameters of ``call`` in ``draft``: in the call, or in the dictionary it spreads when that is in the block.

    A parameter whose value is computed or comes from outside (``n_estimators=args.trees``) is left as it is.
    Returns the settings made (``["max_iter=500"]``), or why none can be made.
    """
    problem = unplain(scene, call)
    if problem:
        return problem
    present = keywords(scene, call)
    own = {a.keyword.value for a in call.args if a.keyword is not None}
    todo: dict[str, str] = {}
    for name, value in values.items():
        now = present.get(name)
        if now is None or (literal(now) is not ValueError and literal(now) != literal(value)):
            todo[name] = value
    for source in spread(call):
        if not todo:
            break
        place = _dictionary(scene, source)
        if place is None:
            return f"its parameters come from `**{source}`, which is not a dictionary written in this block"
        wanted = dict(todo)
        todo = _in_dictionary(scene, draft, place, todo, own)
        if not todo or call not in scene.calls:
            made = [f"{k}={v}" for k, v in wanted.items() if k not in todo]
            return made or "its parameters are set where the model is constructed"
    positional = call.args[0] if call.args and call.args[0].keyword is None and not call.args[0].star else None
    first = ESTIMATORS[scene.canonical(call.func) or ""].first if positional is not None else None
    if not todo:
        return "its parameters are set already"
    if positional is not None and first in todo:
        changed = positional.with_changes(value=cst.parse_expression(todo[first]))
        rest = {k: v for k, v in todo.items() if k != first}
        call_now = with_keywords(call.with_changes(args=[changed, *call.args[1:]]), rest)
    else:
        call_now = with_keywords(call, todo)
    draft.replace(call, broken(scene, call, call_now))
    return [f"{k}={v}" for k, v in values.items() if k in todo]


def broken(scene: Scene, call: cst.Call, now: cst.Call) -> cst.BaseExpression:
    """``now``, to stand where ``call`` stood: one argument a line when its one line became too long."""
    flat = scene.code.code_of(now)
    if "#" in flat or any(isinstance(arg.value, cst.Call) and "\n" in flat for arg in now.args):
        return now
    if "\n" in flat and scene.longest_line(flat, call) <= scene.limit:
        return now
    items = tuple(scene.code.code_of(arg.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for arg in now.args)
    written = scene.text(Form(scene.code.code_of(now.func) + "(", items), call)
    return now if "\n" not in written else cst.parse_expression(written)


def _dictionary(scene: Scene, name: str) -> cst.Dict | cst.Call | None:
    """The one dictionary literal (or ``dict(...)``) of the block that ``name`` is assigned; None otherwise."""
    found: list[cst.Dict | cst.Call] = []
    for node in scene.code.walk():
        if not isinstance(node, cst.Assign) or len(node.targets) != 1:
            continue
        target = node.targets[0].target
        if isinstance(target, cst.Name) and target.value == name:
            value = node.value
            is_dict = isinstance(value, cst.Call) and isinstance(value.func, cst.Name) and value.func.value == "dict"
            if isinstance(value, cst.Dict) or (is_dict and isinstance(value, cst.Call)):
                found.append(value)
            else:
                return None
    return found[0] if len(found) == 1 else None


def _in_dictionary(
    scene: Scene, draft: Draft, place: cst.Dict | cst.Call, todo: Mapping[str, str], in_call: Collection[str]
) -> dict[str, str]:
    """Set what is not in the call itself; returns what is left to do in the call."""
    left = {k: v for k, v in todo.items() if k in in_call}
    here = {k: v for k, v in todo.items() if k not in in_call}
    if isinstance(place, cst.Call):
        if here:
            draft.replace(place, with_keywords(place, here))
        return left
    elements: list[cst.BaseDictElement] = []
    for element in place.elements:
        key = literal(scene.code.code_of(element.key)) if isinstance(element, cst.DictElement) else None
        if isinstance(element, cst.DictElement) and isinstance(key, str) and key in here:
            value = here.pop(key)
            now = literal(scene.code.code_of(element.value))
            if now is not ValueError and now != literal(value):
                element = element.with_changes(value=cst.parse_expression(value))
        elements.append(element)
    now = place.with_changes(elements=elements)
    for key, value in here.items():
        now = with_element(scene, now, key, value)
    draft.replace(place, now)
    return left


def with_element(scene: Scene, place: cst.Dict, key: str, value: str) -> cst.Dict:
    """``place`` with one more element at its end, in its own layout."""
    new = cst.DictElement(cst.SimpleString(scene.q(f'"{key}"')), cst.parse_expression(value))
    elements = list(place.elements)
    if not elements:
        return place.with_changes(elements=[new])
    comma = elements[-2].comma if len(elements) > 1 else cst.MaybeSentinel.DEFAULT
    brace = place.lbrace.whitespace_after
    if not isinstance(comma, cst.Comma):
        comma = cst.Comma(
            whitespace_after=brace if isinstance(brace, cst.ParenthesizedWhitespace) else cst.SimpleWhitespace(" ")
        )
    elif isinstance(comma.whitespace_after, cst.ParenthesizedWhitespace):
        comma = comma.with_changes(
            whitespace_after=comma.whitespace_after.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
        )
    last = elements[-1]
    closing = place.rbrace.whitespace_before
    if isinstance(closing, cst.ParenthesizedWhitespace) and closing.first_line.comment is not None:
        # A comment behind the last element stays behind it.
        gap = comma.whitespace_after
        if isinstance(gap, cst.ParenthesizedWhitespace):
            comma = comma.with_changes(
                whitespace_after=closing.with_changes(last_line=gap.last_line, indent=gap.indent)
            )
            bare = closing.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
            place = place.with_changes(rbrace=place.rbrace.with_changes(whitespace_before=bare))
    elements[-1] = last.with_changes(comma=comma)
    return place.with_changes(elements=[*elements, new.with_changes(comma=last.comma)])


def argument_of_fillna(node: cst.BaseExpression) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """For ``a.fillna(b)`` (one argument, by position or as ``value``): ``a`` and ``b``."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute) or node.func.attr.value != "fillna":
        return None
    if len(node.args) != 1 or node.args[0].star:
        return None
    keyword = node.args[0].keyword
    return (node.func.value, node.args[0].value) if keyword is None or keyword.value == "value" else None


def argument_of_select_dtypes(node: cst.Call) -> cst.BaseExpression | None:
    """For ``frame.select_dtypes("number")`` and its kin that keep numbers only: the frame."""
    if not isinstance(node.func, cst.Attribute) or node.func.attr.value != "select_dtypes" or len(node.args) != 1:
        return None
    code = cst.Module([]).code_for_node(node.args[0]).replace("'", '"').replace(" ", "")
    code = code.removeprefix("include=").strip("[]")
    numeric = code in ('"number"', "np.number", "numpy.number", '"int64","float64"', '"float64","int64"')
    leaves_text = code.startswith("exclude=") and code.removeprefix("exclude=").strip("[]") in ('"object"', "object")
    return node.func.value if numeric or leaves_text else None
