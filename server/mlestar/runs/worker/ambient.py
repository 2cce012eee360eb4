"""The state of a program that lies in no variable: random generators, settings of libraries and process, logging.

`capture` takes it as plain values, `restore_process` and `restore_libraries` put it back in another process, and
`compare` says what could not be made the same.
"""

from __future__ import annotations

import logging
import os
import random
import sys
import threading
import warnings
from typing import Any, Optional

from . import evaluation, inputs, reporting, seeding
from .contents import Contents, settings_by_part


def _random_states() -> "dict[str, Any]":
    found: dict[str, Any] = {"random": random.getstate(), "streams": seeding._now["streams"]}
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        found["numpy"] = numpy.random.get_state(legacy=False)
    torch: Any = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "get_rng_state"):
        found["torch"] = torch.get_rng_state().numpy().tobytes()
        if torch.cuda.is_initialized():
            found["cuda"] = [state.numpy().tobytes() for state in torch.cuda.get_rng_state_all()]
    return found


def _set_random_states(states: "dict[str, Any]") -> None:
    random.setstate(states["random"])
    seeding._now["streams"] = states["streams"]
    if "numpy" in states:
        import numpy

        numpy.random.set_state(states["numpy"])
    if "torch" in states:
        import torch  # type: ignore[import-not-found,unused-ignore]

        torch.set_rng_state(torch.frombuffer(bytearray(states["torch"]), dtype=torch.uint8))
        if "cuda" in states:
            each = [torch.frombuffer(bytearray(one), dtype=torch.uint8) for one in states["cuda"]]
            torch.cuda.set_rng_state_all(each)


def _loggers() -> "dict[str, Any]":
    """Levels and handlers by name of the logger; a handler that cannot be made again is only named."""
    found: dict[str, Any] = {}
    named = [("", logging.getLogger()), *sorted(logging.Logger.manager.loggerDict.items())]
    for name, logger in named:
        if isinstance(logger, logging.Logger):
            handlers = [_handler(handler) for handler in logger.handlers]
            found[name] = (logger.level, logger.propagate, logger.disabled, handlers)
    return found


def _handler(handler: logging.Handler) -> "tuple[Any, ...]":
    style = handler.formatter
    words = None
    if type(style) is logging.Formatter:
        words = (style._fmt, style.datefmt)
    if type(handler) is logging.StreamHandler and handler.stream in (sys.stdout, sys.stderr):
        return "stream", "out" if handler.stream is sys.stdout else "err", handler.level, words
    if type(handler) is logging.NullHandler:
        return ("null",)
    return "other", type(handler).__name__, handler.level, words


def _set_loggers(wanted: "dict[str, Any]") -> None:
    present = _loggers()
    for name, state in wanted.items():
        if present.get(name) == state:
            continue
        logger = logging.getLogger(name) if name else logging.getLogger()
        level, logger.propagate, logger.disabled, handlers = state
        logger.setLevel(level)
        if all(handler[0] == "stream" for handler in handlers):
            logger.handlers[:] = []
            for _, stream, own_level, words in handlers:
                made = logging.StreamHandler(sys.stdout if stream == "out" else sys.stderr)
                made.setLevel(own_level)
                if words is not None:
                    made.setFormatter(logging.Formatter(words[0], words[1]))
                logger.addHandler(made)


def _own_modules(workspace: str) -> "dict[str, str]":
    """A digest of what each module of the user's holds besides code: they are imported anew, not carried over."""
    found, folder = {}, os.path.realpath(workspace) + os.sep
    for name, module in sorted(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if module is sys.modules["__main__"] or not isinstance(path, str) or "site-packages" in path:
            continue
        if not os.path.isabs(path):  # made by a library, not read from a file
            continue
        if not os.path.realpath(path).startswith(folder):
            continue
        held = {
            key: value
            for key, value in vars(module).items()
            if not key.startswith("__") and not callable(value) and type(value) is not type(sys)
        }
        digests = [(key, Contents({}).digest(value) or type(value).__name__) for key, value in sorted(held.items())]
        found[name] = repr(digests)
    return found


def _values_of_libraries() -> "dict[str, Any]":
    """Settings as values that can be set again."""
    found: dict[str, Any] = {}
    modules: dict[str, Any] = dict(sys.modules)
    if hasattr(modules.get("pandas"), "get_option"):
        found["pandas"] = _flat(modules["pandas._config.config"]._global_config)
    if hasattr(modules.get("sklearn"), "get_config"):
        found["sklearn"] = modules["sklearn"].get_config()
    if hasattr(modules.get("numpy"), "geterr"):
        found["numpy"] = (modules["numpy"].geterr(), modules["numpy"].get_printoptions())
    torch: Any = modules.get("torch")
    if hasattr(torch, "get_default_dtype"):
        found["torch"] = (
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            torch.get_num_threads(),
            torch.are_deterministic_algorithms_enabled(),
            torch.backends.cudnn.deterministic,
            torch.backends.cudnn.benchmark,
        )
    if hasattr(modules.get("matplotlib"), "rcParams"):
        found["matplotlib"] = dict(dict.items(modules["matplotlib"].rcParams))
    return found


def _flat(options: Any, prefix: str = "") -> "dict[str, Any]":
    found: dict[str, Any] = {}
    for key, value in options.items():
        found.update(_flat(value, prefix + key + ".") if isinstance(value, dict) else {prefix + key: value})
    return found


def _set_libraries(wanted: "dict[str, Any]") -> None:
    present = _values_of_libraries()
    modules: dict[str, Any] = dict(sys.modules)
    for name, value in wanted.items():
        if name not in present:
            continue  # the run has no use for the library
        if name == "pandas":
            for option, one in value.items():
                if present["pandas"].get(option) != one:
                    modules["pandas"].set_option(option, one)
        elif name == "sklearn":
            modules["sklearn"].set_config(**value)
        elif name == "numpy":
            modules["numpy"].seterr(**value[0])
            if value[1] != present["numpy"][1]:
                modules["numpy"].set_printoptions(**value[1])
        elif name == "matplotlib":
            dict.update(modules["matplotlib"].rcParams, value)
        elif name == "torch" and present["torch"] != value:
            torch = modules["torch"]
            torch.set_default_dtype(value[0])
            torch.set_grad_enabled(value[1])
            torch.set_num_threads(value[2])
            torch.use_deterministic_algorithms(value[3])
            torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = value[4], value[5]


def capture(workspace: str) -> "dict[str, Any]":
    """Everything as values that pickle, but for what `trouble` reports."""
    return {
        "random": _random_states(),
        "untouched": seeding.untouched(),
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "path": list(sys.path),
        "argv": list(sys.argv),
        "limit": sys.getrecursionlimit(),
        "warnings": list(warnings.filters),
        "loggers": _loggers(),
        "libraries": _values_of_libraries(),
        "own modules": _own_modules(workspace),
        "parts": settings_by_part(),
        "scored": list(evaluation._calls),
        "reported": list(reporting._reported),
        "files": sorted(inputs._state.get("seen", ())),
    }


def trouble(workspace: str) -> Optional[str]:
    """What is under way that no other process can take over; None when there is nothing."""
    for thread in threading.enumerate():
        target = getattr(thread, "_target", None) or getattr(type(thread), "run", None)
        if thread is not threading.main_thread() and getattr(target, "__module__", None) == "__main__":
            return "a thread of the script's own is running"
    for name, state in _loggers().items():
        for handler in state[3]:
            if handler[0] == "other" and handler[1] in ("FileHandler", "RotatingFileHandler"):
                return "the log {!r} writes to a file that is open".format(name or "root")
    return None


def restore_process(state: "dict[str, Any]") -> None:
    """What later imports go by. Before anything of the program runs."""
    keep = {name: value for name, value in os.environ.items() if name == "MLESTAR_RUN"}
    for name in [n for n in os.environ if n not in state["environment"]]:
        del os.environ[name]
    os.environ.update({**state["environment"], **keep})
    os.chdir(state["folder"])
    sys.path[:] = state["path"]
    sys.argv[:] = state["argv"]
    sys.setrecursionlimit(state["limit"])


def restore_libraries(state: "dict[str, Any]", own_seed: bool) -> None:
    """The rest, once everything is imported and loaded. ``own_seed``: keep this run's random generators."""
    warnings.resetwarnings()  # also forgets what was decided by the filters so far
    warnings.filters[:] = state["warnings"]  # type: ignore[index]
    _set_libraries(state["libraries"])
    _set_loggers(state["loggers"])
    evaluation._calls.extend(state["scored"])
    reporting._reported.extend(state["reported"])
    if inputs._state:
        inputs._state["seen"].update(state["files"])
    if not own_seed:
        _set_random_states(state["random"])


def difference(state: "dict[str, Any]", workspace: str) -> Optional[str]:
    """What is not as it was, in words; None when everything is."""
    present = _own_modules(workspace)
    for name, held in state["own modules"].items():
        if name in present and present[name] != held:
            return "the script had changed what its module {} holds".format(name)
    parts = settings_by_part()
    for part in ("pandas", "sklearn", "torch", "numpy"):
        if part in parts and part in state["parts"] and parts[part] != state["parts"][part]:
            return "the settings of {} could not be made again".format(part)
    levels = _loggers()
    for name, logger in state["loggers"].items():
        if logger[3] and levels.get(name, logger)[3] != logger[3]:
            return "the log {!r} could not be set up again".format(name or "root")
    return None
