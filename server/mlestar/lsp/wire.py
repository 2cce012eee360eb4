"""Values of the engine as JSON, and the parameters of our own requests.

Names on the wire are camelCase, as everywhere in the protocol. A number that is not finite becomes null: JSON has no
word for it.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import attrs
from lsprotocol import types as lsp


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def to_json(value: object) -> Any:
    """A value that ``json.dumps`` takes, whatever frozen values it is made of."""
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {camel(f.name): to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no form on the wire")


@attrs.define
class DocumentParams:
    """``mlestar/analysis``: what is known of one document."""

    uri: str


@attrs.define
class StudyParams:
    """``mlestar/ablate``, ``mlestar/optimise``: a study of one document. A null block: the most important one."""

    uri: str
    block_id: str | None = None
    plan_id: str | None = None
    work_done_token: str | int | None = None


@attrs.define
class ApplyParams:
    """``mlestar/apply``, ``mlestar/preview``: a candidate of a refinement; a null plan: its confirmed one."""

    uri: str
    study_id: str | None = None
    plan_id: str | None = None


@attrs.define
class CancelParams:
    """``mlestar/cancel``: the studies of one document, or all of them."""

    uri: str | None = None


def _request(name: str, params: type[Any]) -> type[Any]:
    return attrs.make_class(
        name,
        {
            "id": attrs.field(type=int | str),  # type: ignore[arg-type]  # a union is what lsprotocol has here too
            "method": attrs.field(type=str),
            "params": attrs.field(type=params),
            "jsonrpc": attrs.field(type=str, default="2.0"),
        },
    )


REQUESTS: Mapping[str, type[Any]] = {
    "mlestar/analysis": _request("AnalysisRequest", DocumentParams),
    "mlestar/ablate": _request("AblateRequest", StudyParams),
    "mlestar/optimise": _request("OptimiseRequest", StudyParams),
    "mlestar/apply": _request("ApplyRequest", ApplyParams),
    "mlestar/preview": _request("PreviewRequest", ApplyParams),
    "mlestar/cancel": _request("CancelRequest", CancelParams),
}
"""Our own requests by method: how their parameters are read."""


def request_failed(message: str) -> Exception:
    """The error of a valid request that cannot be carried out; the sentence is for the person who asked."""
    from pygls.exceptions import JsonRpcException

    return JsonRpcException(message, code=int(lsp.LSPErrorCodes.RequestFailed))
