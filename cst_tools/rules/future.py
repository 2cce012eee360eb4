"""L502: values from later rows among the features."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow import derivation, lineage
from cst_tools.flow.lineage import Note
from cst_tools.flow.timing import AHEAD
from cst_tools.flow.values import Evaluation, Flow, Learned, Learns, Place, Training, overlap
from cst_tools.rules.edit import Editor
from cst_tools.rules.examples import FIT, SCORE, program
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Fix, FixClass, Severity

_CUT = (
    "df = df.dropna()\nn = int(len(df) * 0.8)\nX_train, X_test = {X}.iloc[:n], {X}.iloc[n:]\n"
    "y_train, y_test = {y}.iloc[:n], {y}.iloc[n:]\n" + FIT + SCORE
)
_NAMED = _CUT.format(X="df[['a', 'f']]", y="df['y']")
_BY_SIGN = ("shift", "diff", "pct_change", "roll", "rolling", "expanding", "ewm")
_LOOP = (
    "import torch\ndf = df.set_index('time').sort_index()\n{0}train, test = df[:800], df[800:]\n"
    "net = torch.nn.Linear(2, 1)\nsteps = torch.optim.Adam(net.parameters())\n"
    "a, t = torch.tensor(train[['a', 'b']].values), torch.tensor(train['y'].values)\nfor epoch in range(9):\n"
    "    loss = torch.nn.functional.mse_loss(net(a), t)\n    loss.backward()\n    steps.step()\n"
    "p = net(torch.tensor(test[['a', 'b']].values))\nprint(accuracy_score(test['y'], p.detach().numpy()))\n"
)
_SHIFTED = ("shift", "diff", "pct_change")
_NEED_ORDER = ("bfill",)


class FutureInFeatures(Rule):
    r"""A feature of a row is computed from later rows, or from the very value to be predicted.

    ## What it does
    Follows values that look ahead into the features of a fit: `shift(-k)`, `diff(-k)`, centred windows, back-filling of
    rows in time order, filters and decompositions of a whole series (`seasonal_decompose`, `STL`, `savgol_filter`,
    `filtfilt`, wavelets, EMD), `merge_asof` with `direction="forward"` or `"nearest"`, windows over reversed rows; and
    windows over the target that end at the row itself. A shifted label is fine: it has to be among the features.

    ## Why is this bad
    When the model is used, the later rows are not there yet. The score is that of a model that knows tomorrow.

    ## Example
    ```python
    df["trend"] = df["sales"].rolling(7, center=True).mean()
    ```
    Use instead:
    ```python
    df["trend"] = df["sales"].shift(1).rolling(7).mean()
    ```

    ## Fix safety
    To be reviewed: the fix turns the window to the past (a positive shift, `center=False`, `ffill`), which changes the
    feature. For decompositions there is none: compute them inside the training period, step by step.

    ## References
    - Kaufman, Rosset, Perlich: Leakage in Data Mining: Formulation, Detection, and Avoidance, KDD 2011
    - pandas documentation, "Windowing operations"
    """

    code = "L502"
    slug = "future-in-features"
    VALID = (
        program("df['t'] = df['a'].shift(-1)\n" + _CUT.format(X="df[['a', 'b']]", y="df['t']")),
        program("df['t'] = df['a'].shift(-1)\n" + _CUT.format(X="df.drop(columns=['t', 'y'])", y="df['t']")),
        program("df['f'] = df['a'].shift(1)\n" + _NAMED),
        program("df['f'] = df['y'].shift(1).rolling(7).mean()\n" + _NAMED),
        program("df['f'] = df['a'].rolling(7).mean()\n" + _NAMED),
        program("df['f'] = df['a'].shift(1)\ndf = df.ffill()\n" + _NAMED),
        program("df = df.bfill()\nX, y = df[['a', 'b']], df['y']\n" + _CUT.format(X="X", y="y")),
        program("df = df.sort_values('date', ascending=False)\ndf['f'] = df['a'].shift(-1)\n" + _NAMED),
        program(
            "q = pd.read_csv('q.csv')\ndf = pd.merge_asof(df, q, on='date')\nX, y = df[['a', 'b']], df['y']\n"
            + _CUT.format(X="X", y="y")
        ),
        program("df['f'] = df['y'].rolling(3).mean()\ndf['t'] = df['y'].shift(-1)\n"
                + _CUT.format(X="df[['a', 'f']]", y="df['t']")),
        program(
            "lags = pd.DataFrame(index=df.index)\nlags['a1'] = df['a'].shift(1)\nlags['mid'] = "
            "df['a'].rolling(5, center=True).mean()\nt = pd.concat([lags[['a1']], df[['b', 'y']]], axis=1).dropna()\n"
            + _CUT.format(X="t.drop(columns='y')", y="t['y']")
        ),
        program(
            "df[['a', 'c']] = df[['a', 'c']].ffill()\ndf[['d', 'e']] = df[['d', 'e']].shift(-1)\n"
            + _CUT.format(X="df[['a', 'c']]", y="df['y']")
        ),
        program(_LOOP.format("df[['c', 'd']] = df[['c', 'd']].bfill()\n")),
    )  # fmt: skip
    INVALID = (
        program(_LOOP.format("df[['a', 'b']] = df[['a', 'b']].bfill()\n")),
        program("df = df.sort_values('date')\nfor c in df.columns:\n    df[c] = df[c].bfill()\n" + _NAMED),
        program("df['f'] = df['a'].shift(-1)\n" + _NAMED),
        program("df['f'] = df['a'].rolling(7, center=True).mean()\n" + _NAMED),
        program("df['f'] = df['a'] - df['a'].shift(periods=-3)\n" + _NAMED),
        program("df['f'] = df['a'].diff(-1)\n" + _NAMED),
        program("df['f'] = df['a'].shift(1)\ndf = df.bfill()\n" + _NAMED),
        program(
            "from statsmodels.tsa.seasonal import seasonal_decompose\n"
            "df['f'] = seasonal_decompose(df['a'], period=12).trend\n" + _NAMED
        ),
        program("from scipy.signal import savgol_filter\ndf['f'] = savgol_filter(df['a'], 11, 2)\n" + _NAMED),
        program(
            "q = pd.read_csv('q.csv')\ndf = pd.merge_asof(df, q, on='date', direction='nearest')\n"
            "X, y = df[['a', 'b']], df['y']\n" + _CUT.format(X="X", y="y")
        ),
        program("df['f'] = df['y'].rolling(7).mean()\n" + _NAMED),
        program("df = df[::-1]\ndf['f'] = df['a'].rolling(7).mean()\ndf = df[::-1]\n" + _NAMED),
        program("df['f'] = df.groupby('shop')['a'].shift(-1)\n" + _NAMED),
        program("df = df.assign(f=lambda d: d['a'].shift(-2))\n" + _NAMED),
        program("df = df.sort_values('date')\ncols = ['a', 'f']\ndf[cols] = df[cols].bfill()\n" + _NAMED),
        program(
            "near = pd.DataFrame(index=df.index)\nnear['mid'] = df['a'].rolling(5, center=True).mean()\n"
            "t = pd.concat([df[['b']], near, df['y']], axis=1).dropna()\n"
            + _CUT.format(X="t.drop(columns='y')", y="t['y']")
        ),
        program(
            "from statsmodels.tsa.seasonal import STL\nparts = STL(df['a'], period=24).fit()\n"
            "parts = pd.DataFrame({'trend': parts.trend, 'rest': parts.resid})\ncols = {}\nfor c in parts.columns:\n"
            "    for k in (1, 2):\n        cols[f'{c}_{k}'] = parts[c].shift(k)\nX, y = pd.DataFrame(cols), df['y']\n"
            + _CUT.format(X="X", y="y")
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        flow = context.flow
        seen: set[Place] = set()
        for training in flow.trainings:
            for note in looking_ahead(training):
                if note.place in seen:
                    continue
                scored = evaluations_of(flow, training, note)
                if not scored and any(evaluations_of(flow, t, note) for t in flow.trainings if t is not training):
                    continue
                seen.add(note.place)
                yield self._finding(context, note.place, _message(note), note, training, scored)
            for name, source, how, place in present_windows(training):
                if place is None or place in seen:
                    continue
                seen.add(place)
                scored = evaluations_of(flow, training, None)
                message = (
                    f"`{how}` over the target `{source}` includes the value to be predicted, and `{name}` is among the "
                    "features: shift the target by a row first."
                )
                yield self._finding(context, place, message, place, training, scored)

        yield from self._of_loops(context, seen)

    def _of_loops(self, context: Context, seen: set[Place]) -> Iterator[Finding]:
        """Networks that are trained step by step: what their predictions were made from."""
        flow = context.flow
        fitted = {training.model for training in flow.trainings}
        for evaluation in flow.evaluations:
            if not evaluation.held_out or not evaluation.trained or not fitted.isdisjoint(evaluation.models):
                continue
            for note in of_predictions(evaluation):
                if note.place in seen:
                    continue
                seen.add(note.place)
                related = (context.related("The score is computed here.", evaluation.place.node),)
                yield self.finding(context, note.place.node, _message(note), Severity.WARNING, related, note)

    def _finding(
        self,
        context: Context,
        place: Place,
        message: str,
        reason: object,
        training: Training,
        scored: list[Evaluation],
    ) -> Finding:
        severity = Severity.INFORMATION
        if scored:
            severity = Severity.ERROR if _proved(reason) else Severity.WARNING
        related = [context.related("The model is trained on it here.", training.place.node)]
        related += [context.related("The score is computed here.", e.place.node) for e in scored[:1]]
        return self.finding(context, place.node, message, severity, tuple(related), reason)

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        if isinstance(place, Note):
            return turned_to_the_past(context, place)
        return shifted_first(context, place.node) if isinstance(place, Place) else None


def looking_ahead(training: Training) -> list[Note]:
    """Notes on the features that look ahead, without those that make the label."""
    features, target = training.features, training.target
    ordered = lineage.any_of(features.learned, Learns.ORDERED, Learns.DATES)
    found = []
    for note in lineage.about(features, Learns.FUTURE):
        if not note.column and note in target.learned and note.what.startswith(_BY_SIGN):
            continue  # features and label were put together in a way that cannot be told apart
        if note.what == AHEAD or (note.what in _NEED_ORDER and not ordered):
            continue
        found.append(note)
    return sorted(found, key=lambda n: (n.place.position, n.column))


def of_predictions(evaluation: Evaluation) -> list[Note]:
    """Notes on scored predictions that look ahead; a shift may be that of the label they are held against."""
    ordered = lineage.any_of(evaluation.learned, Learns.ORDERED, Learns.DATES)
    found = [n for n in lineage.having(evaluation.learned, Learns.FUTURE) if not n.column and n.what != AHEAD]
    found = [
        n
        for n in found
        if n.what != "roll" and not n.what.startswith(_SHIFTED) and (ordered or n.what not in _NEED_ORDER)
    ]
    found = [n for n in found if not n.rows or overlap(n.rows, evaluation.rows)]
    return sorted(found, key=lambda n: n.place.position)


def present_windows(training: Training) -> list[tuple[str, str, str, Place | None]]:
    """Windows over the target, up to this row, among the features: (column, target, method, where)."""
    columns, target = training.features.columns, training.target.columns
    if columns is None or target is None or target.only is None or not target.sure or len(target.only) != 1:
        return []
    if columns.table != target.table or training.features.rows != training.target.rows:
        return []
    made = derivation.computed_from(columns, columns.same_content(target.only))
    return [
        (name, source, how, place)
        for name, (source, how, place) in sorted(made.items(), key=lambda item: item[0])
        if how and columns.holds(name)
    ]


def evaluations_of(flow: Flow, training: Training, note: Learned | None) -> list[Evaluation]:
    """Held-out scores of the trained model on rows that the note is about."""
    return [
        e
        for e in flow.evaluations
        if e.held_out
        and (training.model in e.models or overlap(e.trained, training.features.rows))
        and (note is None or not note.rows or overlap(note.rows, e.rows))
    ]


def _proved(reason: object) -> bool:
    return isinstance(reason, Note) and reason.what.startswith(_BY_SIGN)


def _message(note: Note) -> str:
    subject = f"`{note.what}` " + (f"puts later rows into `{note.column}`" if note.column else "reaches later rows")
    return f"{subject}, which is among the features: use values of earlier rows only."


def turned_to_the_past(context: Context, note: Note) -> Fix | None:
    """The same call, the other way in time."""
    call = note.place.node
    if not isinstance(call, ast.Call):
        return None
    editor = Editor(context)
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if note.what.startswith(("shift(", "diff(", "pct_change(")):
        given = next((k.value for k in call.keywords if k.arg == "periods"), call.args[0] if call.args else None)
        if not isinstance(given, ast.UnaryOp) or not isinstance(given.op, ast.USub):
            return None
        editor.replace(given, context.source(given.operand))
        return Fix("Use earlier rows", FixClass.REVIEW, editor.edits)
    centred = next((k for k in call.keywords if k.arg == "center"), None)
    if centred is not None and note.what == "rolling(center=True)":
        editor.replace(centred.value, "False")
        return Fix("End the window at the row itself", FixClass.REVIEW, editor.edits)
    direction = next((k for k in call.keywords if k.arg == "direction"), None)
    if direction is not None and name == "merge_asof":
        editor.replace(direction.value, '"backward"')
        return Fix("Match with earlier rows only", FixClass.REVIEW, editor.edits)
    method = next((k for k in call.keywords if k.arg == "method"), None)
    if name == "fillna" and method is not None:
        editor.replace(method.value, '"ffill"')
        return Fix("Fill from earlier rows", FixClass.REVIEW, editor.edits)
    if name in ("bfill", "backfill") and isinstance(call.func, ast.Attribute):
        rest = context.source(call)[len(context.source(call.func)) :]
        editor.replace(call, f"{context.source(call.func.value)}.ffill{rest}")
        return Fix("Fill from earlier rows", FixClass.REVIEW, editor.edits)
    return None


def shifted_first(context: Context, call: ast.AST) -> Fix | None:
    """``df["y"].shift(1).rolling(7)`` for ``df["y"].rolling(7)``."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    editor = Editor(context)
    editor.replace(call.func.value, f"{context.source(call.func.value)}.shift(1)")
    return Fix("Shift the target by a row first", FixClass.REVIEW, editor.edits)
