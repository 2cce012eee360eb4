"""The state of one conversation with an editor. Changed on the event loop only; all else gets snapshots."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lsprotocol import types as lsp

from cst_tools.types import Block, Edit, Finding, Problem
from mlestar.config import Settings
from mlestar.engine.types import Event
from mlestar.lsp import code_lens, diagnostics
from mlestar.lsp.analysis import Analysed, Checked, Good
from mlestar.lsp.capabilities import ClientCapabilities
from mlestar.lsp.checker import Checker, Remedies
from mlestar.lsp.documents import Document, Layout, Part, path_of
from mlestar.lsp.hardened import Document as TextDocument
from mlestar.lsp.hardened import DocumentStore
from mlestar.lsp.results import Results
from mlestar.lsp.schedule import Schedule
from mlestar.lsp.settings import SettingsStore
from mlestar.lsp.studies import Job, Studies
from mlestar.types import Plan

if TYPE_CHECKING:
    from mlestar.lsp.port import EngineFactory, EngineLike
    from mlestar.lsp.server import MlestarServer

logger = logging.getLogger("mlestar.session")

_REFRESH_S = 0.5
"""Lenses are refreshed at most this often while a study runs."""


class Session:
    """What the handlers share."""

    def __init__(self, ls: MlestarServer, engine_factory: EngineFactory) -> None:
        self.ls = ls
        self._engine_factory = engine_factory
        self._engines: dict[tuple[object, ...], EngineLike] = {}
        self._engine_lock = threading.Lock()
        self.capabilities = ClientCapabilities()
        self.settings = SettingsStore()
        self.studies = Studies(self._study_changed)
        self.schedule = Schedule(self)
        self._checker = Checker()
        self.results = Results(self)
        self.progress_cancels: dict[lsp.ProgressToken, Callable[[], None]] = {}
        self._shown: dict[str, set[str]] = {}
        self._late: dict[str, tuple[Problem, ...]] = {}
        self._refresh: asyncio.TimerHandle | None = None
        self.lens_titles: dict[str, tuple[tuple[int, str], ...]] = {}
        self._warned: set[str] = set()
        self._ready_to_edit: threading.Thread | None = None
        self._plans: dict[tuple[int, str, str | None], tuple[Plan, ...]] = {}
        self._plans_of: Analysed | None = None

    # --- documents --------------------------------------------------------------------------------------------

    @property
    def store(self) -> DocumentStore:
        store = self.ls.workspace
        assert isinstance(store, DocumentStore)
        return store

    def document(self, uri: str) -> Document | None:
        """A snapshot of the open file or notebook that ``uri`` names or is a cell of; None when it is not open."""
        notebook = self.store.get_notebook_document(notebook_uri=uri) or self.store.get_notebook_document(cell_uri=uri)
        if notebook is not None:
            parts = []
            for cell in notebook.cells:
                text = self.store.open_document(cell.document)
                if cell.kind == lsp.NotebookCellKind.Code and text is not None:
                    summary = cell.execution_summary
                    parts.append(_part(cell.document, text, summary.execution_order if summary else None))
            if not parts:
                return None
            path = path_of(notebook.uri)
            if path.suffix != ".ipynb":
                path = path.with_name(path.name + ".ipynb")
            return Document(notebook.uri, path, notebook.version, tuple(parts), notebook=True)
        text = self.store.open_document(uri)
        if text is None or not is_python(text.language_id, uri):
            return None
        return Document(text.uri, path_of(uri), text.version, (_part(text.uri, text),))

    def document_or_file(self, uri: str) -> Document | str:
        """The open document, else the file as it lies on disk, else why there is none."""
        document = self.document(uri)
        if document is not None:
            return document
        path = path_of(uri)
        if path.suffix == ".ipynb":
            return f"{path.name} is not open; open the notebook and try again."
        try:
            with path.open(encoding="utf-8", newline="") as file:  # line ends as they are
                text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            return f"{path.name} cannot be read: {error}"
        return Document(uri, path, None, (Part(uri, text, None),))

    def changed(self, uri: str) -> None:
        """A file was opened or changed, or a notebook."""
        text = self.store.open_document(uri)
        if text is None or is_python(text.language_id, uri):
            self.schedule.submit(uri)

    def closed(self, uri: str) -> None:
        """A document was closed: what was shown of it disappears, and what was kept for it."""
        self.schedule.forget(uri)
        self.schedule.checker.post(self._checker.forget, uri)
        for part in self._shown.pop(unquote(uri), set()):
            self.ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=part, diagnostics=[]))
        self.lens_titles.pop(unquote(uri), None)
        if self._plans_of is not None and unquote(self._plans_of.document.uri) == unquote(uri):
            self._plans_of = None

    def reanalyse(self) -> None:
        """Settings changed: everything that is open is analysed again."""
        uris = {document.uri for document in self.store.notebook_documents.values()}
        cells = {unquote(c.document) for n in self.store.notebook_documents.values() for c in n.cells}
        uris |= {document.uri for key, document in self.store.text_documents.items() if key not in cells}
        for uri in uris:
            if self.document(uri) is not None:
                self.schedule.submit(uri, forced=True)

    async def knowledge(self, uri: str, patience: float | None = None) -> Analysed | None:
        """What the last analysis says of the newest text, its places moved along with the edits since.

        With ``patience`` the analysis of this very text is begun and waited for that many seconds, for who cannot work
        with an older one; without, the answer comes at once, and the analysis is renewed when the typing pauses.
        """
        document = self.document(uri)
        if document is None:
            return None
        if patience is None:
            found = await self.schedule.glance(document.uri)
        else:
            found = await self.schedule.current(document.uri, patience)
        newest = self.document(uri)
        return found if found is None or newest is None else found.moved_to(newest)

    async def findings(self, uri: str, patience: float) -> Checked | None:
        """The findings of the newest text; None where they do not come in time."""
        document = self.document(uri)
        if document is None:
            return None
        found = await self.schedule.findings(document.uri, patience)
        newest = self.document(uri)
        return found if found and newest and found.document.same_text(newest) else None

    # --- settings and engine ----------------------------------------------------------------------------------

    def scope_of(self, uri: str) -> str | None:
        """The workspace folder that a document lies in, the innermost of several."""
        wanted = unquote(uri).partition("#")[0]
        inside = [key for key in self.store.folders if wanted.startswith(key.rstrip("/") + "/")]
        return max(inside, key=len) if inside else None

    def settings_of(self, uri: str, path: Path) -> Settings:
        settings = self.settings.of(path, self.scope_of(uri))
        for warning in settings.warnings:
            self.warn_once(warning)
        return settings

    def warn_once(self, message: str) -> None:
        """To the log, once: a wrong setting must not fill it at every keystroke."""
        if message not in self._warned:
            self._warned.add(message)
            logger.warning("%s", message)

    def engine(self, settings: Settings) -> EngineLike:
        """The engine for these settings: one for each journal, machine and share of it."""
        key = (settings.home, settings.parallel, settings.executor, settings.ray_address, settings.on_battery,
               settings.self_check, settings.store)  # fmt: skip
        with self._engine_lock:  # the analysis thread asks too
            found = self._engines.get(key)
            if found is None:
                found = self._engines[key] = self._engine_factory(settings)
            return found

    def looked_at(self, path: Path) -> None:
        """The user has this script before them: its runs go first."""
        for engine in self._engines.values():
            engine.look_at(path)

    # --- analysis ---------------------------------------------------------------------------------------------

    def snapshot(self, uri: str) -> Document | None:
        """What is to be checked or analysed now."""
        return self.document(uri)

    def check(self, document: Document) -> Checked:
        """In the checker's thread: the findings of one version."""
        from cst_tools.analysis import stated_problems  # not at start-up

        settings = self.settings_of(document.uri, document.path)
        live = self._checker.update(document, settings)
        for error in live.errors:
            self.warn_once(f"A rule failed and found nothing: {error}")
        layout = Layout(document, self.capabilities.encoding)
        problems = tuple(stated_problems(live.script, settings.roles))
        return Checked(document, settings, layout, live.script, live.findings, problems)

    def analyse(self, document: Document, good: Good | None) -> Analysed:
        """In the analysis thread: blocks and objective of one version."""
        from cst_tools.analysis import stated_problems

        settings = self.settings_of(document.uri, document.path)
        analysis = self.engine(settings).analyse(document.snapshot(), settings)
        early = set(stated_problems(analysis.script, settings.roles))
        late = tuple(problem for problem in analysis.problems if problem not in early)
        if analysis.script.tree is not None:
            good = Good(analysis, document)
        return Analysed(document, settings, Layout(document, self.capabilities.encoding), analysis, good, late)

    async def remedies(self, found: Checked, finding: Finding) -> Remedies:
        """What can be done about a finding of the newest text; computed when asked for."""
        return await self.schedule.checker.call(self._checker.remedies, found.document, finding)

    async def fixes(self, found: Checked, only: str | None) -> tuple[Edit, ...]:
        """All safe fixes of the newest text at once, or those of one rule; computed when asked for."""
        return await self.schedule.checker.call(self._checker.fixes, found.document, found.settings, only)

    def plans(self, known: Analysed, block: Block) -> tuple[Plan, ...]:
        """What can be tried on a block of this text; asked for again only when the text or the results are others."""
        if not known.fresh:
            return ()
        if self._plans_of is None or self._plans_of.good is not known.good:
            self._plans_of = known
            self._plans.clear()
        ablation = self.results.of(known.document).ablation
        key = (id(known.settings), block.id, ablation.study_id if ablation else None)
        found = self._plans.get(key)
        if found is None:
            engine = self.engine(known.settings)
            found = self._plans[key] = engine.plans(known.document.snapshot(), block.id, known.settings)
        return found

    def checked(self, found: Checked) -> None:
        """The findings of a version came."""
        self._publish(found, self.schedule.latest(found.document.uri))

    def analysed(self, known: Analysed) -> None:
        """Blocks and objective of a version came: lenses, and the problems that only this analysis finds."""
        found = self.schedule.checked(known.document.uri)
        shown = self._late.get(unquote(known.document.uri), ())
        if found is not None and shown != known.late:
            newest = self.document(known.document.uri)
            if newest is not None and found.document.same_text(newest):
                self._publish(found, known)
        code_lens.analysed(self, known)

    def _publish(self, found: Checked, known: Analysed | None) -> None:
        key = unquote(found.document.uri)
        self._late[key] = known.late if known else ()
        uris = diagnostics.publish(self, found, known)
        if found.findings:
            self._get_ready_to_edit()
        before = self._shown.get(key, set())
        for gone in before - uris:
            self.ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=gone, diagnostics=[]))
        self._shown[key] = uris

    def _get_ready_to_edit(self) -> None:
        """Load what fixes are made with, once something is shown that may be fixed: the first light bulb is quick too.

        An answer that takes longer than a quarter of a second is thrown away by VS Code when the cursor has just moved.
        """
        if self._ready_to_edit is None:
            self._ready_to_edit = threading.Thread(target=_load_editing, name="ready-to-edit", daemon=True)
            self._ready_to_edit.start()

    # --- what a study changes on the screen -------------------------------------------------------------------

    def _study_changed(self, job: Job) -> None:
        if self.settings.study_notifications:  # others would show a message that they do not know
            self.ls.protocol.notify("mlestar/study", describe_job(job))
        self.refresh_lenses()

    def refresh_lenses(self) -> None:
        """Ask the client to ask for lenses again, soon and once."""
        if not self.capabilities.code_lens_refresh or self._refresh is not None:
            return

        def refresh() -> None:
            self._refresh = None
            self.ls.workspace_code_lens_refresh(None)

        self._refresh = asyncio.get_running_loop().call_later(_REFRESH_S, refresh)

    # --- people -----------------------------------------------------------------------------------------------

    def say(self, message: str, kind: lsp.MessageType = lsp.MessageType.Info) -> None:
        """A message box: only ever the answer to something that the person did."""
        self.ls.window_show_message(lsp.ShowMessageParams(type=kind, message=message))

    async def close(self) -> None:
        """End all studies, then the engines; returns when no process of ours is left."""
        if self._refresh is not None:
            self._refresh.cancel()
            self._refresh = None
        await self.studies.close()
        self.schedule.close()
        for engine in self._engines.values():
            await engine.close()
        self._engines.clear()


def _part(uri: str, text: TextDocument, count: int | None = None) -> Part:
    return Part(uri, text.source, text.version, text.index, text.edits, text.edits.count, count)


def _load_editing() -> None:
    import cst_tools.imports  # noqa: F401  # libcst behind it takes long


def is_python(language: str | None, uri: str) -> bool:
    """Whether a document is a script of ours: by its language, or by its name when the client does not say."""
    if language:
        return language.lower() in ("python", "py", "jupyter")
    return unquote(uri).lower().endswith((".py", ".pyw"))


def describe_job(job: Job) -> dict[str, object]:
    """A job as ``mlestar/study`` announces it."""
    event: Event | None = job.last
    return {
        "uri": job.question.uri,
        "study": job.number,
        "kind": job.question.kind.value,
        "title": job.title,
        "blockId": job.question.block_id,
        "planId": job.question.plan_id,
        "state": "finished" if job.finished else "running" if job.running else "queued",
        "done": event.done if event else 0,
        "total": event.total if event else 0,
        "message": event.message if event else "",
        "secondsLeft": event.seconds_left if event else None,
    }
