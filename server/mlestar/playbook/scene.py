"""All that a strategy reads about its block: the block's tree, the script's names, style, metric and run-time facts."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cached_property

import libcst as cst

from cst_tools.metrics import BY_NAME, Task
from cst_tools.rules import NOTES, check
from cst_tools.script import Script
from cst_tools.types import Direction, FitFact, Severity
from mlestar.playbook.estimators import (
    ALWAYS,
    AMBIGUOUS,
    ESTIMATORS,
    PIPELINES,
    SEARCHES,
    SENSITIVE,
    SENSITIVE_FUNCTIONS,
    VECTORISERS,
)
from mlestar.playbook.names import dotted, dotted_ast, names_in
from mlestar.playbook.rewriting import BlockCode, Draft, Form, lay_out
from mlestar.playbook.scoring import scorer
from mlestar.playbook.sites import Site, argument, steps_outwards
from mlestar.types import BlockContext

_PARAMETER_PATH = re.compile(r"[A-Za-z]\w*?__\w+")
_FITTING = frozenset({"fit", "fit_transform", "partial_fit", "fit_predict"})


@functools.lru_cache(maxsize=1)  # it holds the script's tree
def alarms(script: Script) -> Counter[str]:
    """The codes of findings that claim something: hints are no reason against a rewrite."""
    found = check(script, [note.code for note in NOTES])
    return Counter(finding.code for finding in found if finding.severity is not Severity.INFORMATION)


class Scene:
    """One block in its script. Built once for all strategies; nothing here changes."""

    def __init__(self, ctx: BlockContext, code: BlockCode) -> None:
        self.ctx = ctx
        self.code = code
        self.names = names_in(ctx.script.masked)
        self.packages = ctx.packages or ctx.facts.packages

    @classmethod
    def of(cls, ctx: BlockContext) -> Scene | str:
        """The scene of ``ctx``, or why its block cannot be rewritten."""
        span = ctx.block.span
        if ctx.script.tree is None:
            return "the script has a syntax error"
        if ctx.block.protected:
            return "the block loads data, splits it or computes the metric, and is protected"
        if ctx.script.masked[span.start : span.end] != ctx.code:
            return "the block holds IPython commands"
        code = BlockCode.parse(ctx.code)
        return code if isinstance(code, str) else cls(ctx, code)

    # -- style ---------------------------------------------------------------------------------------------------

    @cached_property
    def unit(self) -> str:
        """One level of the script's indentation."""
        for line in self.ctx.script.text.splitlines():
            blank = line[: len(line) - len(line.lstrip())]
            if line.strip() and blank:
                return "\t" if blank[0] == "\t" else " " * (2 if len(blank) % 4 == 2 else 4)
        return "    "

    @cached_property
    def limit(self) -> int:
        """How long generated lines may become: as long as the script's own, between 88 and 120."""
        longest = max((len(line) for line in self.ctx.script.text.splitlines()), default=0)
        return min(120, max(88, longest))

    @cached_property
    def quote(self) -> str:
        text = self.ctx.script.text
        return "'" if text.count("'") > text.count('"') else '"'

    def q(self, code: str) -> str:
        """Generated code (double quotes, none inside strings) in the script's quotes."""
        return code.replace('"', self.quote) if self.quote == "'" and "'" not in code else code

    def draft(self) -> Draft:
        return Draft(self.code, self.unit)

    def text(self, form: str | Form, at: cst.CSTNode) -> str:
        """``form`` laid out as an expression in the place of ``at``."""
        indent, base = self.code.line_indent(at)
        place = self.code.position(at)
        behind = len(self.code.module.code.splitlines()[place.end.line - 1]) - place.end.column
        return lay_out(
            form,
            column=place.start.column,
            limit=self.limit if self.code.on_its_own(at) else max(self.limit, 120),
            unit=self.unit,
            indent=indent,
            offset=base,
            after=behind,
        )

    @property
    def line(self) -> int:
        """The block's first line, 1-based."""
        return self.ctx.block.first_line + 1

    def longest_line(self, code: str, at: cst.CSTNode) -> int:
        """Width of the longest line of ``code`` in the place of ``at``."""
        _, base = self.code.line_indent(at)
        first, *others = code.split("\n")
        return max([self.code.position(at).start.column + len(first), *(base + len(line) for line in others)])

    # -- names ---------------------------------------------------------------------------------------------------

    def canonical(self, node: cst.CSTNode) -> str | None:
        """Library name of what ``node`` refers to (`Names.canonical`)."""
        return self.names.canonical(dotted(node))

    def qualified(self, node: cst.CSTNode) -> str | None:
        name = dotted(node)
        return self.names.qualified(name) if name else None

    def refer(self, module: str, name: str) -> tuple[str, tuple[str, ...]]:
        """How this script would write ``module.name``, and the import that must be added for it."""
        for local, known in self.names.bound.items():
            root = known.split(".")[0]
            same = known.rsplit(".", 1)[-1] == name and root == module.split(".")[0]
            # imbalanced-learn's pipelines are scikit-learn's, and take samplers too.
            same = same or (known.startswith("imblearn.pipeline.") and known.endswith(f".{name}") and name in PIPELINES)
            if same and self.names.visible(local, self.line):
                return local, ()
        alias = self.names.module_alias(module, self.line)
        if alias is not None:
            return f"{alias}.{name}", ()
        if name in self.names.all_names and name not in self.names.local:
            local = self.names.free(f"{module.split('.')[0]}_{name}")
            return local, (f"from {module} import {name} as {local}",)
        return name, (f"from {module} import {name}",)

    def module(self, module: str, alias: str) -> tuple[str, tuple[str, ...]]:
        """The name of a whole module (``np``), and the import that must be added for it."""
        known = self.names.module_alias(module, self.line)
        if known is not None:
            return known, ()
        local = alias if alias not in self.names.all_names else self.names.free(f"_{alias}")
        return local, (f"import {module} as {local}",) if local != module else (f"import {module}",)

    def seed_of(self, site: Site | None) -> str | None:
        """The seed an estimator written in place of ``site`` should have: its own, else the script's."""
        own = argument(site.call, "random_state") if site is not None else None
        return self.code.code_of(own) if own is not None else self.names.seed()

    def has(self, package: str, *at_least: int) -> bool:
        """Whether the user's interpreter has ``package``, in a version of at least ``at_least``."""
        version = self.packages.get(package)
        if version is None:
            return False
        numbers = tuple(int(n) for n in re.findall(r"\d+", version)[: len(at_least)])
        return numbers >= at_least

    def sklearn(self, *at_least: int) -> bool:
        """As `has` for scikit-learn; an unknown version counts as current."""
        return self.has("scikit-learn", *at_least) or "scikit-learn" not in self.packages

    # -- places --------------------------------------------------------------------------------------------------

    @cached_property
    def calls(self) -> tuple[cst.Call, ...]:
        return tuple(node for node in self.code.walk() if isinstance(node, cst.Call))

    def calls_of(self, names: Collection[str]) -> list[cst.Call]:
        """Calls in the block of functions or classes of the known libraries."""
        return [call for call in self.calls if self.canonical(call.func) in names]

    def site(self, call: cst.Call) -> Site:
        """Where and how the object that ``call`` makes is used."""
        wrappers: list[str] = []
        target: str | None = None
        escapes = listed = False
        inner: cst.CSTNode = call
        for outer in self.code.ancestors(call):
            if isinstance(outer, cst.Call) and inner is not outer.func:
                wrappers.append(self.canonical(outer.func) or "?")
            elif isinstance(outer, cst.Assign):
                names = [dotted(t.target) for t in outer.targets]
                target, escapes = names[0], escapes or len(names) > 1 or names[0] is None
            elif isinstance(outer, cst.AnnAssign):
                target = dotted(outer.target)
            elif isinstance(outer, (cst.Return, cst.Yield, cst.Lambda, cst.Dict, cst.Comparison)):
                escapes = True
                listed = listed or isinstance(outer, cst.Dict)
            elif isinstance(outer, (cst.List, cst.Tuple)):
                loose = not any(
                    isinstance(o, cst.Call) and self.canonical(o.func) is not None for o in self.code.ancestors(outer)
                )
                escapes, listed = escapes or loose, listed or loose
            elif isinstance(outer, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
                break
            inner = outer
        return Site(call, self.canonical(call.func) or "", tuple(wrappers), target, escapes, listed)

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Predictors constructed in the block; of alternatives those that were fitted, where a run was watched."""
        found = tuple(self.site(call) for call in self.calls_of(ESTIMATORS.keys()))
        fitted = {fact.estimator.rsplit(".", 1)[-1] for fact in self.ctx.facts.fits}
        seen = tuple(site for site in found if site.name in fitted)
        return seen if seen and any(site.escapes for site in found) else found

    @cached_property
    def spread_sites(self) -> tuple[Site, ...]:
        """Predictors constructed elsewhere from a dictionary that this block writes out: ``Model(**params)``."""
        found: list[Site] = []
        here = {
            t.target.value
            for node in self.code.walk()
            if isinstance(node, cst.Assign)
            for t in node.targets
            if isinstance(t.target, cst.Name)
        }
        last = self.ctx.block.last_line + 1
        for call in self.names.called(ESTIMATORS.keys()):
            sources = {k.value.id for k in call.keywords if k.arg is None and isinstance(k.value, ast.Name)}
            if sources & here and not self.line <= call.lineno <= last:
                made = cst.parse_expression(ast.unparse(call))
                if isinstance(made, cst.Call):
                    found.append(Site(made, self.names.canonical(dotted_ast(call.func)) or "", (), None, True))
        return tuple(found)

    # -- uses ----------------------------------------------------------------------------------------------------

    def used_on(self, site: Site) -> set[str]:
        """Attributes and methods that the script may use on what ``site`` makes."""
        chained = {
            outer.attr.value
            for inner, outer in steps_outwards(site.call, self.code)
            if isinstance(outer, cst.Attribute) and outer.value is inner
        }
        if site.target is None or site.escapes or self._passed_to_own_code(site.target):
            own = self.names.attributes_on(site.target) if site.target is not None else set()
            return chained | (self.names.all_attributes() & (SENSITIVE - AMBIGUOUS)) | (own & SENSITIVE)
        used = self.names.attributes_on(site.target) & SENSITIVE
        if "self." in site.target:
            owner = site.target.split(".", 1)[1]
            used |= {
                n.attr for n in self.names.attributes if (dotted_ast(n.value) or "").endswith(f".{owner}")
            } & SENSITIVE
        return chained | used

    def _passed_to_own_code(self, target: str) -> bool:
        aliases = any(
            (isinstance(node, ast.Assign) and dotted_ast(node.value) == target)
            or (
                isinstance(node, ast.Return)
                and node.value is not None
                and any(dotted_ast(n) == target for n in ast.walk(node.value))
            )
            for node in self.names.nodes
        )
        return aliases or any(
            self.names.qualified(dotted_ast(call.func) or "") is None for call in self.names.arguments_to(target)
        )

    def inspected(self, site: Site) -> bool:
        """Whether a function that looks inside models (a search, a plot, ``clone``) is given this one."""
        if any(w in SENSITIVE_FUNCTIONS for w in site.wrappers):
            return True
        given = (
            [c for c in self.names.calls if c.args or c.keywords]
            if site.target is None or site.escapes
            else self.names.arguments_to(site.target)
        )
        return any((dotted_ast(c.func) or "").rsplit(".", 1)[-1] in SENSITIVE_FUNCTIONS for c in given)

    def fit_keywords(self, site: Site) -> set[str]:
        """Keywords that ``fit`` is given beyond the data."""
        follow = site.target if site.target is not None and not site.escapes else None
        return {
            keyword.arg or "**"
            for call in self.names.method_calls("fit", follow)
            for keyword in call.keywords
            if keyword.arg not in ("X", "y")
        }

    def not_offered(self, site: Site, offers: Collection[str], fit_keywords: Collection[str] = ()) -> str | None:
        """Why something that offers ``offers`` cannot stand in for what ``site`` makes; None when it can."""
        missing = sorted(self.used_on(site) - ALWAYS - set(offers))
        if missing:
            return f"the script uses `{missing[0]}` of the fitted model"
        if self.inspected(site):
            return "the script searches over or looks inside this model"
        if site.in_pipeline and self.parameter_paths:
            return f"the script sets the parameter `{sorted(self.parameter_paths)[0]}` of the pipeline"
        given = sorted(self.fit_keywords(site) - set(fit_keywords))
        if given:
            return f"`fit` is given `{given[0]}`"
        return None

    @cached_property
    def parameter_paths(self) -> frozenset[str]:
        """Strings such as ``clf__C``, which name parameters of pipeline steps."""
        keywords = {k.arg for call in self.names.calls for k in call.keywords if k.arg}
        return frozenset(
            s for s in {*self.names.strings, *keywords} if _PARAMETER_PATH.fullmatch(s) and not s.startswith("__")
        )

    # -- the task ------------------------------------------------------------------------------------------------

    @property
    def metric(self) -> str:
        return self.ctx.objective.metric.lower()

    @cached_property
    def findings(self) -> Counter[str]:
        """How often each rule finds something in the script as it is."""
        return alarms(self.ctx.script)

    @cached_property
    def regression(self) -> bool:
        """Whether a quantity is predicted: by the metric, else by the models of the script."""
        known = BY_NAME.get(self.metric)
        if known is not None and known.task in (Task.CLASSIFICATION, Task.REGRESSION):
            return known.task is Task.REGRESSION
        models = [self.names.canonical(dotted_ast(c.func)) for c in self.names.called(ESTIMATORS.keys())]
        return bool(models) and not any(ESTIMATORS[m].classifier for m in models if m)

    @cached_property
    def scorer(self) -> str | None:
        """scikit-learn's name of the objective for ``scoring=``; None when it has none or needs arguments."""
        return scorer(self.ctx.objective)

    @property
    def direction(self) -> Direction:
        return self.ctx.objective.direction

    def called(self, names: Iterable[str]) -> bool:
        """Whether the script calls any of these library functions or classes anywhere."""
        return bool(self.names.called(names))

    @cached_property
    def has_text(self) -> bool:
        """Whether the script turns text into sparse counts."""
        return self.called(VECTORISERS)

    # -- facts ---------------------------------------------------------------------------------------------------

    def fact(self, site: Site) -> FitFact | None:
        """What reached ``fit`` of what ``site`` makes, when a run was watched and the fit can be told apart."""
        fits = self.ctx.facts.fits
        if site.target is not None:
            own = [f for f in fits if f.callee.rsplit(".", 1)[0] == site.target]
            if own:
                return own[-1]
        named = [f for f in fits if f.estimator.rsplit(".", 1)[-1] == site.name]
        if named:
            return named[-1]
        outer = [f for f in fits if f.estimator.rsplit(".", 1)[-1] in {*PIPELINES, *SEARCHES}]
        return outer[-1] if site.wrappers and outer else None

    @cached_property
    def target_fact(self) -> FitFact | None:
        """The last fit that saw a target."""
        return next((f for f in reversed(self.ctx.facts.fits) if f.target_kind is not None), None)
