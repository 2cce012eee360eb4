"""Property tests state what holds, not how fast: on a busy machine one example may take long."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("cst_tools", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cst_tools")
