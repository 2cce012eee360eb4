"""What the server asks of the engine. The engine is imported when the first document is opened, not at start-up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mlestar.config import Settings
from mlestar.engine.types import AblationReport, Event, RefinementReport, Snapshot
from mlestar.types import Plan

if TYPE_CHECKING:
    from cst_tools.analysis import Analysis

OnEvent = Callable[[Event], None]


class EngineLike(Protocol):
    """`mlestar.engine.api.Engine`, as far as the server uses it."""

    def analyse(self, snapshot: Snapshot, settings: Settings | None = None) -> Analysis: ...

    def plans(self, snapshot: Snapshot, block_id: str, settings: Settings | None = None) -> tuple[Plan, ...]: ...

    async def ablate(
        self, snapshot: Snapshot, *, settings: Settings | None = None, on_event: OnEvent | None = None
    ) -> AblationReport: ...

    async def optimise(
        self,
        snapshot: Snapshot,
        block_id: str | None = None,
        *,
        plan_id: str | None = None,
        settings: Settings | None = None,
        on_event: OnEvent | None = None,
    ) -> RefinementReport: ...

    def last_ablation(self, path: Path) -> AblationReport | None: ...

    def refinements(self, path: Path) -> tuple[RefinementReport, ...]: ...

    def look_at(self, path: Path) -> None: ...

    async def close(self) -> None: ...


EngineFactory = Callable[[Settings], EngineLike]


def real_engine(settings: Settings) -> EngineLike:
    from mlestar.engine.api import Engine

    return Engine(settings)
