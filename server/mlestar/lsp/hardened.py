"""What pygls leaves open of the protocol, closed in one place.

pygls 2.1.1 is pinned, because this layer overrides private names of it. Each block says which defect it closes, and
``tests/mlestar/lsp/test_hardened.py`` has a test for each: when pygls mends one, its block can go.
`mlestar.lsp.transport` has the defects that lie below the messages (reading, writing, end of the process).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Generator
from contextvars import ContextVar
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInternalError
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.workspace import TextDocument, Workspace

from cst_tools.positions import LineIndex, code_points
from mlestar.lsp.moves import EditLog, Move

logger = logging.getLogger("mlestar.protocol")

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

command_progress_token: ContextVar[lsp.ProgressToken | None] = ContextVar("command_progress_token", default=None)
"""The ``workDoneToken`` of the ``workspace/executeCommand`` being handled; pygls does not hand it to commands."""


class Document(TextDocument):
    """A text document whose lines end where the protocol says, and whose edits clamp as the protocol says.

    pygls splits with ``str.splitlines``, for which form feed, NEL and U+2028 end a line too: an edit after one lands on
    the wrong line and the server's copy is corrupted in silence. It also splits anew at each call, mutates the
    positions it is given, and takes one character off where a column lies beyond the end of the last line.

    An edit costs what it changes: the index of the lines moves along with it, and ``edits`` remembers it for whoever
    knows places of an older text.
    """

    _split_source: str | None = None
    _split_lines: tuple[str, ...] = ()
    _index: LineIndex | None = None
    _typed: Move | None = None
    """What was typed within one line since ``_index`` was made."""
    _typed_line: int = 0

    @cached_property
    def edits(self) -> EditLog:
        return EditLog()

    @property
    def lines(self) -> tuple[str, ...]:
        source = self.source
        if source is not self._split_source:
            self._split_lines = tuple(_LINE.findall(source))
            self._split_source = source
        return self._split_lines

    @property
    def index(self) -> LineIndex:
        """The lines of the text as it is now."""
        source, typed = self.source, self._typed
        if self._index is not None and typed is not None:
            self._index = self._index.edited(typed.start, typed.end, source[typed.start : typed.after])
            self._source, self._typed = self._index.text, None
        elif self._index is None or self._index.text is not source:
            self._index = LineIndex(source)
        return self._index

    def offset_of(self, position: lsp.Position) -> int:
        """Code-point offset of a client position; beyond the line's end means its end, beyond the last line the end."""
        encoding = self.position_codec.encoding or "utf-16"
        name = getattr(encoding, "value", encoding)
        typed = self._typed
        if self._index is None or typed is None:
            return self.index.from_position(position.line, position.character, name)
        if position.line == self._typed_line:
            line = self._index.line_span(position.line)
            text = self.source[line.start : line.end + typed.after - typed.end]
            return line.start + code_points(text, position.character, name)
        offset = self._index.from_position(position.line, position.character, name)
        return offset if position.line < self._typed_line else offset + typed.after - typed.end

    def _apply_incremental_change(self, change: lsp.TextDocumentContentChangePartial) -> None:
        start, end = sorted((self.offset_of(change.range.start), self.offset_of(change.range.end)))
        if not self._types(change, start, end):
            self._index = self.index.edited(start, end, change.text)
            self._source = self._index.text
        self.edits.add(start, end, len(change.text))

    def _types(self, change: lsp.TextDocumentContentChangePartial, start: int, end: int) -> bool:
        """Take an edit within the line that is being typed on: the lines stay, and their index waits for its reader."""
        line = change.range.start.line
        source = self.source
        if change.range.end.line != line or "\n" in change.text or "\r" in change.text or self._index is None:
            return False
        if self._typed is None:
            index = self.index
            if line >= index.count:
                return False
            joined: Move | None = Move(start, end, start + len(change.text))
        else:
            joined = self._typed.then(Move(start, end, start + len(change.text))) if line == self._typed_line else None
        if joined is None:
            return False
        self._typed, self._typed_line = joined, line
        self._source = source[:start] + change.text + source[end:]
        return True

    def _apply_full_change(self, change: lsp.TextDocumentContentChangeEvent) -> None:
        before = self.source
        self._index, self._typed = None, None
        super()._apply_full_change(change)
        found = Move.between(before, self.source)
        self.edits.add(found.start, found.end, found.after - found.start)


class DocumentStore(Workspace):
    """pygls' workspace, with our documents."""

    def _create_text_document(
        self, doc_uri: str, source: str | None = None, version: int | None = None, language_id: str | None = None
    ) -> Document:
        return Document(
            doc_uri,
            source=source,
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self._position_codec,
        )

    def open_document(self, uri: str) -> Document | None:
        """The document if the client opened it; never one read from disk."""
        found = self._text_documents.get(unquote(uri))
        return found if isinstance(found, Document) else None


class HardenedProtocol(LanguageServerProtocol):
    """pygls' protocol with the life cycle, the errors and the cancellation that the specification asks for."""

    def __init__(self, server: LanguageServer, converter: Any) -> None:
        super().__init__(server, converter)
        self._children: dict[Any, set[Any]] = {}
        self.initialize_seen = False
        self.on_exit: Callable[[], None] = lambda: None

    @property
    def shutdown_requested(self) -> bool:
        return bool(self._shutdown)

    # --- messages in ------------------------------------------------------------------------------------------

    def receive(self, body: bytes) -> None:
        """Handle one message. Whatever it holds, a request gets exactly one response.

        pygls structures every nested object that happens to have a ``jsonrpc`` key, and leaves requests with invalid
        parameters, messages that are not JSON, and its own requests with an unreadable answer without any reply.
        """
        try:
            data = json.loads(body)
        except (ValueError, RecursionError) as error:
            self._refuse(None, lsp.ErrorCodes.ParseError, f"The message is not JSON: {error}")
            return
        if not isinstance(data, dict):
            self._refuse(None, lsp.ErrorCodes.InvalidRequest, "A message is a JSON object")
            return
        has_id = "id" in data
        identifier = data.get("id")
        known_id = identifier if isinstance(identifier, (int, str)) and not isinstance(identifier, bool) else None
        method = data.get("method")
        if data.get("jsonrpc") != "2.0" or ("method" in data and not isinstance(method, str)):
            if has_id or "method" not in data:
                self._refuse(known_id, lsp.ErrorCodes.InvalidRequest, "A message has jsonrpc 2.0 and a method")
            return
        if "method" in data and has_id and known_id is None:
            self._refuse(None, lsp.ErrorCodes.InvalidRequest, "The id of a request is a number or a string")
            return
        if "method" in data:
            data.setdefault("params", None)
            if self._out_of_turn(method, known_id):
                return
            if method == lsp.TEXT_DOCUMENT_DID_CHANGE and not has_id and self._changed(data["params"]):
                return
        try:
            message = self.structure_message(data)
        except JsonRpcException as error:
            detail = _first_line(error.__cause__ or error)
            if "method" not in data:
                self._fail_own_request(identifier, f"The client's answer does not fit: {detail}")
            elif has_id:
                self._refuse(known_id, lsp.ErrorCodes.InvalidParams, f"Invalid parameters of {method}: {detail}")
            else:
                logger.warning("Ignoring %s with invalid parameters: %s", method, detail)
            return
        try:
            self.handle_message(message)
        except Exception as error:
            logger.exception("Failed to handle %s", method or "a response")
            if "method" in data and known_id is not None and known_id not in self._request_futures:
                self._refuse(known_id, lsp.ErrorCodes.InternalError, _first_line(error))

    def _changed(self, params: Any) -> bool:
        """Handle a keystroke without the converter, the futures and the generators that a message takes otherwise.

        They cost as much as checking a short script. False for what is not exactly as usual: the long way judges that.
        """
        try:
            named = params["textDocument"]
            uri, version, changes = named["uri"], named["version"], params["contentChanges"]
            document = self._store().open_document(uri)
            if document is None or type(version) is not int or not changes:
                return False
            partial = [
                lsp.TextDocumentContentChangePartial(
                    lsp.Range(lsp.Position(**change["range"]["start"]), lsp.Position(**change["range"]["end"])),
                    change["text"],
                )
                for change in changes
            ]
        except (KeyError, TypeError, ValueError, AttributeError):
            return False
        identifier = lsp.VersionedTextDocumentIdentifier(version, uri)
        for change in partial:
            document.apply_change(change)
        document.version = version
        handler = self.fm.features.get(lsp.TEXT_DOCUMENT_DID_CHANGE)
        if handler is not None:
            try:
                handler(lsp.DidChangeTextDocumentParams(identifier, partial))
            except Exception:
                logger.exception("Failed to handle a change of %s", uri)
        return True

    def _out_of_turn(self, method: Any, msg_id: int | str | None) -> bool:
        """Answer what comes before ``initialize``, twice, or after ``shutdown``; pygls serves or swallows those."""
        if self._shutdown:
            if msg_id is not None:
                self._refuse(msg_id, lsp.ErrorCodes.InvalidRequest, "The server is shutting down")
            return bool(method != lsp.EXIT)
        if method == lsp.INITIALIZE:
            if not self.initialize_seen:
                return False
            self._refuse(msg_id, lsp.ErrorCodes.InvalidRequest, "The server is already initialized")
            return True
        if self.initialize_seen or method == lsp.EXIT:
            return False
        if msg_id is not None:
            self._refuse(msg_id, lsp.ErrorCodes.ServerNotInitialized, "The first request is initialize")
        return True

    def _refuse(self, msg_id: int | str | None, code: int, message: str) -> None:
        self._send_data(lsp.ResponseErrorMessage(id=msg_id, error=lsp.ResponseError(code=int(code), message=message)))

    def _fail_own_request(self, msg_id: Any, message: str) -> None:
        future = self._request_futures.pop(msg_id, None)
        if future is not None and not future.done():
            future.set_exception(JsonRpcException(message))

    def _handle_response(self, msg_id: Any, result: Any = None, error: lsp.ResponseError | None = None) -> None:
        """Ignore the answer to a request of ours that was cancelled meanwhile; pygls raises InvalidStateError."""
        future = self._request_futures.get(msg_id)
        if future is not None and future.done():
            self._request_futures.pop(msg_id, None)
            return
        super()._handle_response(msg_id, result, error)

    # --- messages out -----------------------------------------------------------------------------------------

    def _send_data(self, data: Any) -> None:
        """Write one message.

        In pygls an answer that cannot be written as JSON is logged and its request never answered, and NaN goes out
        though JSON has none.
        """
        if self.writer is None:
            logger.error("There is no client to send to")
            return
        try:
            body = json.dumps(data, default=self._serialize_message, allow_nan=False)
        except Exception as error:
            logger.exception("A message cannot be written as JSON")
            if getattr(data, "method", None) is None and getattr(data, "error", None) is None:
                self._refuse(data.id, lsp.ErrorCodes.InternalError, f"The answer is no JSON: {_first_line(error)}")
            return
        head = f"Content-Length: {len(body)}\r\nContent-Type: {self.CONTENT_TYPE}; charset={self.CHARSET}\r\n\r\n"
        self.writer.write((head + body).encode(self.CHARSET))

    # --- life cycle -------------------------------------------------------------------------------------------

    @lsp_method(lsp.INITIALIZE)
    def lsp_initialize(self, params: lsp.InitializeParams) -> Generator[Any, Any, lsp.InitializeResult]:
        """Put our document store in as soon as the base class has built its own."""
        self.initialize_seen = True
        steps = super().lsp_initialize(params)
        sent: Any = None
        while True:
            try:
                step = steps.send(sent)
            except StopIteration as stop:
                self._own_documents()
                result: lsp.InitializeResult = stop.value
                return result
            self._own_documents()
            sent = yield step

    def _own_documents(self) -> None:
        old = self._workspace
        if old is not None and not isinstance(old, DocumentStore):
            self._workspace = DocumentStore(
                old.root_uri, old._sync_kind, list(old.folders.values()), old.position_encoding
            )

    @lsp_method(lsp.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Cancel what is in flight; pygls iterates the dict that cancelling changes, and answers with an error."""
        if (handler := self.fm.features.get(lsp.SHUTDOWN)) is not None:
            yield handler, args, None
        for msg_id, future in list(self._request_futures.items()):
            if msg_id != self.msg_id and not future.done():
                future.cancel()
        self._shutdown = True

    @lsp_method(lsp.EXIT)
    def lsp_exit(self, *args: Any) -> None:  # type: ignore[override]  # no generator: nothing is yielded
        """Let the transport end the process, once children are gone; pygls calls sys.exit inside a callback."""
        self.on_exit()

    # --- cancellation -----------------------------------------------------------------------------------------

    def _execute_handler(
        self,
        msg_id: Any,
        handler: Any,
        callback: Any,
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Know which inner task serves which request, and forget both when they end.

        In pygls a cancelled ``workspace/executeCommand`` is answered while its coroutine runs on, and the future of
        every notification (each keystroke) stays in a dict for ever.
        """
        parent = self.msg_id
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        future = self._request_futures.get(msg_id)
        if future is None:
            return
        if parent is not None and parent != msg_id:
            self._children.setdefault(parent, set()).add(msg_id)

        def forget(_: Any) -> None:
            self._request_futures.pop(msg_id, None)
            siblings = self._children.get(parent)
            if siblings is not None:
                siblings.discard(msg_id)
                if not siblings:
                    self._children.pop(parent, None)

        future.add_done_callback(forget)

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        for child in list(self._children.pop(msg_id, ())):
            future = self._request_futures.pop(child, None)
            if future is not None:
                future.cancel()
        if msg_id in self._request_futures:
            super()._handle_cancel_notification(msg_id)

    @lsp_method(lsp.WORKSPACE_EXECUTE_COMMAND)
    def lsp_workspace__execute_command(self, params: lsp.ExecuteCommandParams) -> Generator[Any, Any, Any]:
        command_progress_token.set(params.work_done_token)
        return (yield from super().lsp_workspace__execute_command(params))

    # --- documents --------------------------------------------------------------------------------------------

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: lsp.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """A change of a document that was never opened (VS Code's global replace sends some) is not an error."""
        if self._store().open_document(params.text_document.uri) is None:
            logger.warning("Ignoring a change of %s, which is not open", params.text_document.uri)
            return
        yield from super().lsp_text_document__did_change(params)

    @lsp_method(lsp.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(
        self, params: lsp.DidChangeNotebookDocumentParams
    ) -> Generator[Any, Any, None]:
        if self._store().get_notebook_document(notebook_uri=params.notebook_document.uri) is None:
            logger.warning("Ignoring a change of %s, which is not open", params.notebook_document.uri)
            return
        cells = params.change.cells
        if cells is not None and cells.text_content:
            opened = {cell.uri for cell in (cells.structure.did_open or ())} if cells.structure else set()
            cells.text_content = [
                content
                for content in cells.text_content
                if content.document.uri in opened or self._store().open_document(content.document.uri) is not None
            ]
        yield from super().lsp_notebook_document__did_change(params)

    def _store(self) -> DocumentStore:
        assert isinstance(self.workspace, DocumentStore)
        return self.workspace


class HardenedServer(LanguageServer):
    """A language server that reports its own errors to the log, never as a pop-up."""

    protocol: HardenedProtocol

    def report_server_error(self, error: Exception, source: Any) -> None:
        if isinstance(error, JsonRpcException) and not isinstance(error, JsonRpcInternalError):
            logger.info("Refused: %s", error)  # the answer says it; nothing went wrong
        else:
            logger.error("%s", error, exc_info=error if error.__traceback__ else None)


def _first_line(error: BaseException) -> str:
    """The innermost reason of a (cattrs) error group, in one line."""
    while getattr(error, "exceptions", None):
        error = error.exceptions[0]  # type: ignore[attr-defined]  # ExceptionGroup is not in Python 3.10's stubs
    text = str(error).strip() or type(error).__name__
    return f"{type(error).__name__}: {text.splitlines()[0]}"
