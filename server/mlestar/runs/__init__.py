"""Running variants: the user's interpreter in a process tree of its own, in a shadow of the user's workspace."""

from mlestar.runs.interpreter import find_interpreter
from mlestar.runs.keys import inputs_unchanged, run_key
from mlestar.runs.scheduler import Scheduler

__all__ = ["Scheduler", "find_interpreter", "inputs_unchanged", "run_key"]
