"""What pygls is given: handlers that it calls with the parameters alone, on every Python."""

from __future__ import annotations

import typing

from mlestar.lsp import commands, server


def test_pygls_finds_no_annotation_to_read_as_a_class() -> None:
    created = server.create()
    found = {**created.protocol.fm.commands, **created.protocol.fm.features}
    assert set(commands.COMMANDS) <= set(found)
    for name, handler in found.items():
        assert typing.get_type_hints(handler) == {}, name
