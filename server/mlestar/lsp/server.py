"""The server put together: which method is answered by which function, and the life of the process.

Handlers that change state are synchronous and tiny; all others are coroutines that work on snapshots.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.protocol import default_converter

from mlestar import __version__
from mlestar.lsp import code_action, code_lens, commands, hover, transport, wire
from mlestar.lsp.capabilities import ClientCapabilities
from mlestar.lsp.hardened import HardenedProtocol, HardenedServer
from mlestar.lsp.port import EngineFactory, real_engine
from mlestar.lsp.session import Session

logger = logging.getLogger("mlestar.server")

SECTION = "mlestar"


class MlestarProtocol(HardenedProtocol):
    """Knows the parameters of our own requests."""

    def get_message_type(self, method: str) -> type[Any] | None:  # type: ignore[override]  # there it is cached
        return wire.REQUESTS.get(method) or super().get_message_type(method)


class MlestarServer(HardenedServer):
    """pygls' server with our session."""

    def __init__(self, engine_factory: EngineFactory = real_engine) -> None:
        super().__init__(
            "mlestar",
            __version__,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental,
            notebook_document_sync=lsp.NotebookDocumentSyncOptions(
                notebook_selector=[
                    lsp.NotebookDocumentFilterWithCells(
                        notebook="jupyter-notebook", cells=[lsp.NotebookCellLanguage(language="python")]
                    )
                ],
                save=True,
            ),
            protocol_cls=MlestarProtocol,
            converter_factory=default_converter,
        )
        self.session = Session(self, engine_factory)


# --- life cycle -----------------------------------------------------------------------------------------------


def initialize(ls: MlestarServer, params: lsp.InitializeParams) -> None:
    encoding = ls.workspace.position_encoding
    ls.session.capabilities = ClientCapabilities.of(params.capabilities, str(getattr(encoding, "value", encoding)))
    for problem in ls.session.settings.initialize(params.initialization_options):
        logger.warning("%s", problem)


async def initialized(ls: MlestarServer, params: lsp.InitializedParams) -> None:
    await register_dynamically(ls)
    await fetch_configuration(ls)


async def register_dynamically(ls: MlestarServer) -> None:
    """Ask to be told of changed settings and of pyproject.toml, where the client can."""
    registrations = []
    if ls.session.capabilities.configuration_registration:
        registrations.append(
            lsp.Registration(
                id="mlestar-configuration",
                method=lsp.WORKSPACE_DID_CHANGE_CONFIGURATION,
                register_options={"section": SECTION},
            )
        )
    if ls.session.capabilities.watched_files_registration:
        registrations.append(
            lsp.Registration(
                id="mlestar-pyproject",
                method=lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                register_options={"watchers": [{"globPattern": "**/pyproject.toml"}]},
            )
        )
    if registrations:
        try:
            await ls.client_register_capability_async(lsp.RegistrationParams(registrations))
        except JsonRpcException as error:
            logger.info("The client refused a registration: %s", error)


async def fetch_configuration(ls: MlestarServer) -> None:
    """Ask for the section of every folder; then analyse anew what is open."""
    session = ls.session
    if not session.capabilities.configuration:
        return
    scopes: list[str | None] = [None, *(folder.uri for folder in session.store.folders.values())]
    keys: list[str | None] = [None, *session.store.folders]
    items = [lsp.ConfigurationItem(scope_uri=scope, section=SECTION) for scope in scopes]
    try:
        answers = await ls.workspace_configuration_async(lsp.ConfigurationParams(items))
    except JsonRpcException as error:
        logger.info("The client does not tell its settings: %s", error)
        return
    for key, section in zip(keys, answers or (), strict=False):
        for problem in session.settings.configure(key, section):
            logger.warning("%s", problem)
    settings_changed(ls)


def settings_changed(ls: MlestarServer) -> None:
    ls.session.settings.forget()
    ls.session.results.clear()
    ls.session.reanalyse()
    ls.session.refresh_lenses()


async def did_change_configuration(ls: MlestarServer, params: lsp.DidChangeConfigurationParams) -> None:
    """A client that can be asked for its settings is asked; of others the settings that they push are taken.

    Trust is taken from what is pushed in either case: it is granted in the middle of a session.
    """
    session = ls.session
    pushed = params.settings.get(SECTION) if isinstance(params.settings, dict) else None
    if session.capabilities.configuration:
        if isinstance(pushed, dict):
            session.settings.take_trust(pushed)
        await fetch_configuration(ls)
    elif pushed is not None:
        for problem in session.settings.configure(None, pushed):
            logger.warning("%s", problem)
        settings_changed(ls)


def did_change_watched_files(ls: MlestarServer, params: lsp.DidChangeWatchedFilesParams) -> None:
    if any(change.uri.endswith("pyproject.toml") for change in params.changes):
        settings_changed(ls)


async def did_change_workspace_folders(ls: MlestarServer, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    await fetch_configuration(ls)


async def shutdown(ls: MlestarServer, params: Any) -> None:
    """Studies end here; the answer to shutdown comes when no run is left."""
    await ls.session.studies.close()


# --- documents ------------------------------------------------------------------------------------------------


def did_open(ls: MlestarServer, params: lsp.DidOpenTextDocumentParams) -> None:
    ls.session.changed(params.text_document.uri)


def did_change(ls: MlestarServer, params: lsp.DidChangeTextDocumentParams) -> None:
    ls.session.changed(params.text_document.uri)


def did_save(ls: MlestarServer, params: lsp.DidSaveTextDocumentParams) -> None:
    if params.text_document.uri.endswith("pyproject.toml"):
        settings_changed(ls)


def did_close(ls: MlestarServer, params: lsp.DidCloseTextDocumentParams) -> None:
    ls.session.closed(params.text_document.uri)


def notebook_did_open(ls: MlestarServer, params: lsp.DidOpenNotebookDocumentParams) -> None:
    ls.session.changed(params.notebook_document.uri)


def notebook_did_change(ls: MlestarServer, params: lsp.DidChangeNotebookDocumentParams) -> None:
    ls.session.changed(params.notebook_document.uri)


def notebook_did_close(ls: MlestarServer, params: lsp.DidCloseNotebookDocumentParams) -> None:
    ls.session.closed(params.notebook_document.uri)


def progress_cancelled(ls: MlestarServer, params: lsp.WorkDoneProgressCancelParams) -> None:
    cancel = ls.session.progress_cancels.get(params.token)
    if cancel is not None:
        cancel()


# --- the table ------------------------------------------------------------------------------------------------

STATE: dict[str, Callable[..., Any]] = {
    lsp.INITIALIZE: initialize,
    lsp.INITIALIZED: initialized,
    lsp.SHUTDOWN: shutdown,
    lsp.TEXT_DOCUMENT_DID_OPEN: did_open,
    lsp.TEXT_DOCUMENT_DID_CHANGE: did_change,
    lsp.TEXT_DOCUMENT_DID_SAVE: did_save,
    lsp.TEXT_DOCUMENT_DID_CLOSE: did_close,
    lsp.NOTEBOOK_DOCUMENT_DID_OPEN: notebook_did_open,
    lsp.NOTEBOOK_DOCUMENT_DID_CHANGE: notebook_did_change,
    lsp.NOTEBOOK_DOCUMENT_DID_CLOSE: notebook_did_close,
    lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: did_change_configuration,
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: did_change_watched_files,
    lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: did_change_workspace_folders,
    lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL: progress_cancelled,
}
"""Methods that change the session, by (server, parameters)."""

FEATURES: dict[str, tuple[Callable[..., Any], Any]] = {
    lsp.TEXT_DOCUMENT_CODE_LENS: (code_lens.code_lens, None),
    lsp.TEXT_DOCUMENT_HOVER: (hover.hover, None),
    lsp.TEXT_DOCUMENT_CODE_ACTION: (
        code_action.code_action,
        lsp.CodeActionOptions(code_action_kinds=list(code_action.KINDS), resolve_provider=True),
    ),
    lsp.CODE_ACTION_RESOLVE: (code_action.resolve, None),
    **{method: (function, None) for method, function in commands.REQUESTS.items()},
}
"""Requests that read snapshots, by (session, parameters), with what is announced of them."""


def create(engine_factory: EngineFactory = real_engine) -> MlestarServer:
    """A server with everything registered, not started."""
    server = MlestarServer(engine_factory)
    for method, function in STATE.items():
        server.feature(method)(_given(server, function))
    for method, (function, options) in FEATURES.items():
        server.feature(method, options)(_given(server.session, function))
    for name, function in commands.COMMANDS.items():
        server.command(name)(_given(server.session, function))
    return server


def _given(first: object, function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` with its first argument, in a form that pygls takes for what it is (a coroutine function or not).

    It has no annotations at run time. pygls reads that of the first parameter as a class: ``Any`` is none on Python
    3.10, and with ``object`` it takes the parameter for the server and passes that as well.
    """
    if asyncio.iscoroutinefunction(function):

        async def coroutine(*args: Any) -> Any:
            return await function(first, *args)

        coroutine.__annotations__.clear()
        return coroutine

    def plain(*args: Any) -> Any:
        return function(first, *args)

    plain.__annotations__.clear()
    return plain


# --- the process ----------------------------------------------------------------------------------------------


class ClientLog(logging.Handler):
    """Our log records as ``window/logMessage``; from any thread, and never about sending a log message."""

    _TYPES = (
        (logging.ERROR, lsp.MessageType.Error),
        (logging.WARNING, lsp.MessageType.Warning),
        (logging.INFO, lsp.MessageType.Info),
    )

    def __init__(self, server: MlestarServer, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(logging.INFO)
        self._server = server
        self._loop = loop
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        kind = next((t for level, t in self._TYPES if record.levelno >= level), lsp.MessageType.Log)
        message = self.format(record)

        def send() -> None:
            if self._server.protocol.initialize_seen and not self._server.protocol.shutdown_requested:
                self._server.window_log_message(lsp.LogMessageParams(type=kind, message=message))

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(send)


class _NoRefusals(logging.Filter):
    """Keeps out what pygls logs, with a traceback, about errors that are answers: refusals and invalid parameters."""

    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith("Unable to deserialize message"):
            return False
        return not (record.exc_info and isinstance(record.exc_info[1], JsonRpcException))


async def _converse(server: MlestarServer, source: Any, sink: Any) -> int:
    handler = ClientLog(server, asyncio.get_running_loop())
    ours = logging.getLogger("mlestar")
    ours.addHandler(handler)
    try:
        return await transport.converse(server, source, sink, closing=server.session.close)
    finally:
        ours.removeHandler(handler)


def serve(tcp_port: int | None = None, engine_factory: EngineFactory = real_engine) -> int:
    """Serve one client over stdin and stdout, or over TCP on this machine; the exit code of the process."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("mlestar").setLevel(logging.INFO)
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_NoRefusals())
    if tcp_port is None:
        source, sink = transport.private_stdio()
    else:
        source, sink = transport.accept_one(tcp_port)
    return asyncio.run(_converse(create(engine_factory), source, sink))
