"""Which rows belong together: columns that name a patient, a user, a session, and signs of several rows for each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cst_tools.flow import derivation, lineage
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.columns import constant_names
from cst_tools.flow.values import UNKNOWN, Event, Kind, Learned, Learns, Rows, Value, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_PEOPLE = frozenset(
    ("patient", "subject", "user", "person", "participant", "speaker", "session", "customer", "client", "member",
     "player", "student", "household", "donor", "visitor", "author", "writer", "worker", "driver", "rider", "doctor",
     "respondent", "individual", "employee", "animal", "mouse",
     "child", "kid", "infant", "baby", "pupil", "singer", "actor", "musician", "artist", "rat", "dog", "cow", "horse",
     "bird", "monkey", "volunteer", "signer", "resident", "candidate", "applicant", "twin", "family", "owner",
     "operator", "caller", "walker", "runner", "athlete", "teacher", "pilot", "therapist",
     "subj", "pid", "uid", "mrn", "cust", "buyer", "borrower", "cardholder", "viewer", "reader", "pat", "fighter")
)  # fmt: skip
_THINGS = frozenset(
    ("group", "store", "shop", "device", "machine", "engine", "unit", "sensor", "site", "hospital", "school", "station",
     "account", "company", "firm", "product", "item", "sku", "vehicle", "car", "plate", "slide", "recording", "video",
     "scene", "molecule", "scaffold", "batch", "well", "plot", "field", "building", "house", "room", "turbine", "cell",
     "clip", "track", "song", "document", "article", "sequence", "run", "trial", "experiment", "lab", "center",
     "centre", "meter", "battery", "query", "route", "truck", "loan", "card", "order", "conversation", "dialog",
     "thread", "flight", "equipment", "asset", "robot", "pump", "bearing", "image", "case", "study", "exam", "visit")
)  # fmt: skip
_MARKS = frozenset(("id", "ids", "no", "num", "number", "key", "code", "uuid", "name", "nr", "idx"))


@dataclass(frozen=True, slots=True)
class Grouped(Event):
    """A sign that several rows share a value of ``column``. ``rows`` empty: of any table of the program."""

    column: str
    rows: Rows
    how: str


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    return tuple(w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name))


@lru_cache(maxsize=4096)
def names_group(name: str) -> bool:
    """Whether a column's name says that it tells whose row it is.

    >>> names_group("patient_id"), names_group("subject"), names_group("user_age"), names_group("store_nbr")
    (True, True, False, False)
    >>> names_group("id"), names_group("PatientID"), names_group("groups"), names_group("customer_score")
    (False, True, True, False)
    """
    found = words(name)
    if not found or len(found) > 3:
        return False
    singular = [w[:-1] if w.endswith("s") and w[:-1] in _PEOPLE | _THINGS else w for w in found]
    if not any(w in _PEOPLE or w in _THINGS for w in singular):
        return False
    return all(w in _PEOPLE or w in _THINGS or w in _MARKS for w in singular)


def names_person(name: str) -> bool:
    """Of these, the ones a model is always asked about anew: the next patient, not the same one again."""
    return names_group(name) and any(w in _PEOPLE or w.removesuffix("s") in _PEOPLE for w in words(name))


def record(m: Interpreter, node: ast.AST, column: str, rows: Rows, how: str) -> None:
    if names_group(column):
        m.record_event(Grouped(m.place(node), column, rows, how))


def keys_of(a: Arguments) -> frozenset[str]:
    """The columns that ``groupby`` groups by."""
    given = a.get(0, "by")
    found = constant_names(given or UNKNOWN)
    if found is None and given is not None and given.kind is Kind.DATA:
        found = derivation.sources(given.columns)
    return found or frozenset()


_ONE_A_GROUP = frozenset(
    ("agg", "aggregate", "first", "last", "sum", "mean", "median", "min", "max", "std", "var", "count", "size",
     "nunique", "nth", "head", "tail", "quantile", "prod", "sem", "skew", "any", "all", "idxmax", "idxmin", "describe")
)  # fmt: skip
_EACH_ROW = frozenset(
    ("transform", "shift", "diff", "pct_change", "cumcount", "cumsum", "cummax", "cummin", "cumprod", "rank", "ffill",
     "bfill", "rolling", "expanding", "ewm", "ngroup", "fillna")
)  # fmt: skip


def opened(m: Interpreter, node: ast.AST, owner: Value, a: Arguments) -> Value:
    """``owner`` as ``groupby`` sees it."""
    notes: set[Learned] = {lineage.note(m, node, Learns.UNIQUE, f"by {c}", owner.rows) for c in keys_of(a)}
    return replace(owner, learned=owner.learned | notes) if notes else owner


def of_groups(m: Interpreter, node: ast.AST, groups: Value, name: str, result: Value) -> Value:
    """What a method of groups says: values for each row mean several rows a group; one row a group is a new unit."""
    by = [n.what[3:] for n in lineage.having(groups.learned, Learns.UNIQUE) if n.what.startswith("by ")]
    kept = frozenset(n for n in result.learned if not (n.kind is Learns.UNIQUE and n.what.startswith("by ")))
    result = replace(result, learned=kept)
    if not by:
        return result
    if name in _EACH_ROW:
        for column in by:
            record(m, node, column, groups.rows, f"groupby({column!r}).{name}")
    elif name in _ONE_A_GROUP:
        if name == "size":
            for column in by:
                record(m, node, column, groups.rows, "value_counts")
        plain = lineage.without(result.learned, Learns.ORDERED, Learns.REVERSED, Learns.SHUFFLED)
        unique: set[Learned] = {lineage.note(m, node, Learns.UNIQUE, c, groups.rows) for c in by}
        return replace(result, learned=plain | unique)
    return result


def method(m: Interpreter, owner: Value, name: str, a: Arguments, result: Value) -> Value:
    """Methods that say something about rows that share an id."""
    if name in ("nunique", "value_counts", "duplicated", "unique"):
        names = derivation.sources(owner.columns)
        for column in names or ():
            if len(names or ()) == 1 and names_person(column) and not is_unique(owner, column):
                record(m, a.node, column, owner.rows, "nunique" if name == "unique" else name)
    elif name == "drop_duplicates" and result.kind is Kind.DATA:
        given = constant_names(a.get(0, "subset") or UNKNOWN)
        names = given if given is not None else derivation.sources(owner.columns)
        if names is not None and len(names) == 1:
            (column,) = names
            note = lineage.note(m, a.node, Learns.UNIQUE, column, owner.rows)
            plain = lineage.without(result.learned, Learns.ORDERED, Learns.REVERSED)
            return replace(result, learned=plain | {note})
    elif name == "merge":
        joined(m, a.node, owner, a)
    return result


METHODS = frozenset(("nunique", "unique", "value_counts", "duplicated", "drop_duplicates", "merge"))
_MANY = frozenset(
    ("visit", "visits", "scan", "scans", "image", "images", "session", "sessions", "transaction", "transactions",
     "order", "orders", "measurement", "measurements", "record", "records", "event", "events", "log", "logs",
     "admission", "admissions", "window", "windows", "reading", "readings", "sample", "samples", "trial", "trials",
     "exam", "exams", "encounters", "encounter", "purchases", "purchase", "clips", "clip", "recordings", "recording",
     "segments", "segment", "slices", "frames", "ratings", "reviews", "clicks", "views", "labs", "vitals", "sales")
)  # fmt: skip


def joined(m: Interpreter, node: ast.AST, left: Value, a: Arguments) -> None:
    """``visits.merge(patients, on="patient_id")``: many rows to one."""
    keys = constant_names(a.get(None, "on") or a.get(None, "left_on") or UNKNOWN) or frozenset()
    people = [k for k in keys if names_person(k)]
    if len(keys) != 1 or not people:
        return
    expected = a.constant("validate") in ("m:1", "many_to_one", "1:m", "one_to_many")
    function = a.node.func
    base = function.value if isinstance(function, ast.Attribute) else None
    if a.node.args and (base is None or (isinstance(base, ast.Name) and base.id in ("pd", "pandas"))):
        base = a.node.args[0]
    named = isinstance(base, ast.Name) and any(w in _MANY for w in words(base.id))
    if expected or named:
        record(m, node, people[0], left.rows, "merge")


def is_unique(value: Value, column: str) -> bool:
    return any(n.what == column for n in lineage.having(value.learned, Learns.UNIQUE))


def named(m: Interpreter, name: str, expression: ast.expr, value: Value) -> None:
    """``groups = df["patient_id"]``, ``patient_ids = [f.split("_")[0] for f in files]``, ``df["subject"] = ...``."""
    if not names_group(name):
        return
    columns = derivation.sources(value.columns) if value.kind is Kind.DATA else None
    if name.lower() in ("groups", "group_ids", "groupids") and columns and len(columns) == 1:
        (column,) = columns
        if not is_unique(value, column):
            record(m, expression, column, value.rows, "groups")
        return
    if names_person(name) and _cuts_text(name, expression):
        record(m, expression, name, value.rows if value.kind is Kind.DATA else frozenset(), "name prefix")


_ROLES = frozenset(
    ("candidate", "worker", "reader", "runner", "walker", "operator", "caller", "client", "session", "owner", "pilot")
)
"""Programs have these too: a plain name of this kind holds no ids of persons."""


def _cuts_text(name: str, expression: ast.expr) -> bool:
    """Whether an id is cut out of a longer text, a file name for the most part."""
    if isinstance(expression, ast.List | ast.Tuple | ast.Set | ast.Dict):
        return False  # a few places that were written down, not one for each file
    if name.islower() and name.removesuffix("s") in _ROLES:
        return False
    return any(isinstance(node, ast.Attribute) and node.attr in _CUTS for node in ast.walk(expression))


_CUTS = frozenset(("split", "rsplit", "extract", "partition", "match", "slice", "parent", "parts", "stem", "dirname"))


def bound(m: Interpreter, target: ast.expr, expression: ast.expr, value: Value) -> None:
    """A name or a column is given a value: its name may say that it tells whose row it is."""
    if isinstance(target, ast.Name):
        named(m, target.id, expression, value)
    elif isinstance(target, ast.Subscript):
        column = target.slice.value if isinstance(target.slice, ast.Constant) else None
        if isinstance(column, str):
            named(m, column, expression, value)


def handed(m: Interpreter, a: Arguments, position: int | None = None) -> None:
    """``search.fit(X, y, groups=df["patient_id"])``: whoever hands groups over knows of several rows each."""
    given = a.get(position, "groups")
    names = derivation.sources(given.columns) if given is not None and given.kind is Kind.DATA else None
    if given is None or names is None or len(names) != 1 or (given.columns is not None and given.columns.changed):
        return
    (column,) = names
    if not is_unique(given, column):
        m.record_event(Grouped(m.place(a.node), column, given.rows, "groups"))


def within(m: Interpreter, node: ast.AST, value: Value, how: str) -> None:
    """Rows of one group, in ``for key, rows in df.groupby("id")``, are related to each other."""
    for n in lineage.having(value.learned, Learns.UNIQUE):
        if n.what.startswith("by "):
            record(m, node, n.what[3:], value.rows, how)


_SELECTED = re.compile(r"""[\["'.](\w+)["'\]]*\s*==""")


def windowed(m: Interpreter, node: ast.AST, value: Value) -> None:
    """Windows cut out of the rows of one subject: ``for s in subjects: rows = df[df["subject"] == s]``."""
    within(m, node, value, "windows")
    for part in value.rows:
        for key, _ in part.path:
            found = _SELECTED.search(key)
            if found is not None and names_group(found.group(1)):
                whole = frozenset({replace(part, path=())})
                record(m, node, found.group(1), whole, "windows")


def looped(m: Interpreter, node: ast.For | ast.AsyncFor, value: Value) -> None:
    """``for patient in folders: for file in files(patient): X.append(read(file))``: several rows a patient."""
    names = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name) and names_person(n.id)]
    if not names or any(part.path for part in value.rows):
        return  # nobody's loop, or one over some of the persons only
    calls = [n for statement in node.body for n in ast.walk(statement) if isinstance(n, ast.Call)]
    inner = (n for statement in node.body for n in ast.walk(statement) if isinstance(n, ast.For | ast.While))
    if any(_adds(n, "append") for n in inner) or any(_adds(call, "extend") for call in calls):
        rows = value.owner.rows if value.kind is Kind.GROUPS and value.owner is not None else value.rows
        record(m, node.target, names[0], rows, "a loop")
        return
    for call in calls:
        base = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "append" else None
        held = m.scope.find(base.id) if isinstance(base, ast.Name) else None
        if base is not None and held is not None and held.kind is Kind.SEQUENCE:
            mark = lineage.note(m, node.target, Learns.UNIQUE, f"{_LISTED}{names[0]}")
            m.assign_to(base, replace(held, learned=held.learned | {mark}))


def repeated(m: Interpreter, node: ast.Call) -> None:
    """``patients.append(np.full(len(y), name))``, ``subjects.extend([s] * len(x))``: an id a row of one person."""
    base = node.func.value if isinstance(node.func, ast.Attribute) else None
    name = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
    if len(node.args) == 1 and names_person(name) and _repeats(node.args[0]):
        record(m, node, name, frozenset(), "an id repeated")


def _repeats(expression: ast.expr) -> bool:
    """Whether one value is written as often as some rows are counted."""
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Mult):
        lists = [n for n in (expression.left, expression.right) if isinstance(n, ast.List) and len(n.elts) == 1]
        return bool(lists) and _counts(expression)
    if not isinstance(expression, ast.Call):
        return False
    function = expression.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("full", "repeat", "tile", "full_like") and (name == "full_like" or _counts(expression))


def _counts(expression: ast.expr) -> bool:
    return any(
        (isinstance(n, ast.Name) and n.id == "len") or (isinstance(n, ast.Attribute) and n.attr in ("shape", "size"))
        for n in ast.walk(expression)
    )


_LISTED = "a list item for each "


def concatenated(m: Interpreter, node: ast.Call, values: Iterable[Value], result: Value) -> None:
    """``np.concatenate(recordings)``, filled with one item a subject: several rows a subject now."""
    for value in values:
        for n in lineage.having(value.learned, Learns.UNIQUE) if value.kind is Kind.SEQUENCE else ():
            if n.what.startswith(_LISTED):
                record(m, n.place.node, n.what[len(_LISTED) :], result.rows, "a loop")
    first = node.args[0] if node.args else None
    if isinstance(first, ast.ListComp | ast.GeneratorExp):
        names = [n.id for g in first.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)]
        for name in names:
            if names_person(name) and not any(part.path for part in result.rows):
                record(m, first, name, result.rows, "a loop")


def _adds(node: ast.AST, method: str) -> bool:
    return any(isinstance(n, ast.Attribute) and n.attr == method for n in ast.walk(node))
