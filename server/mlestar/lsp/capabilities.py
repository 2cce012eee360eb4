"""What this client can do, resolved once into booleans; handlers ask these and never the raw capabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsprotocol import types as lsp


@dataclass(frozen=True)
class ClientCapabilities:
    """Everything the server's behaviour depends on. The defaults are those of a client that says nothing."""

    encoding: str = "utf-16"
    document_changes: bool = False
    apply_edit: bool = False
    code_action_literals: bool = False
    code_action_resolve_edit: bool = False
    code_action_data: bool = False
    code_action_disabled: bool = False
    code_lens_refresh: bool = False
    work_done_progress: bool = False
    configuration: bool = False
    configuration_registration: bool = False
    watched_files_registration: bool = False
    show_document: bool = False
    related_information: bool = False
    diagnostic_version: bool = False
    diagnostic_data: bool = False
    code_description: bool = False
    hover_markdown: bool = False

    @classmethod
    def of(cls, capabilities: lsp.ClientCapabilities, encoding: str) -> ClientCapabilities:
        text = capabilities.text_document
        workspace = capabilities.workspace
        action = text.code_action if text else None
        diagnostics = text.publish_diagnostics if text else None
        resolve = action.resolve_support if action else None
        hover = text.hover if text else None

        def flag(*path: Any) -> bool:
            """``flag(node, "a", "b")``: the boolean at node.a.b, False where any step is absent."""
            node, *names = path
            for name in names:
                node = getattr(node, name, None)
            return bool(node)

        return cls(
            encoding=encoding,
            document_changes=flag(workspace, "workspace_edit", "document_changes"),
            apply_edit=flag(workspace, "apply_edit"),
            code_action_literals=flag(action, "code_action_literal_support"),
            code_action_resolve_edit="edit" in (resolve.properties if resolve else ()),
            code_action_data=flag(action, "data_support"),
            code_action_disabled=flag(action, "disabled_support"),
            code_lens_refresh=flag(workspace, "code_lens", "refresh_support"),
            work_done_progress=flag(capabilities.window, "work_done_progress"),
            configuration=flag(workspace, "configuration"),
            configuration_registration=flag(workspace, "did_change_configuration", "dynamic_registration"),
            watched_files_registration=flag(workspace, "did_change_watched_files", "dynamic_registration"),
            show_document=flag(capabilities.window, "show_document", "support"),
            related_information=flag(diagnostics, "related_information"),
            diagnostic_version=flag(diagnostics, "version_support"),
            diagnostic_data=flag(diagnostics, "data_support"),
            code_description=flag(diagnostics, "code_description_support"),
            hover_markdown=lsp.MarkupKind.Markdown in ((hover.content_format if hover else None) or ()),
        )
