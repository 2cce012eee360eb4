"""Exit codes, the same for every command; ``mlestar --help`` lists them."""

OK = 0
"""Done. For `optimise`: done, with or without a confirmed gain."""
FINDINGS = 1
"""`check` found something."""
USAGE = 2
"""The file, option or setting does not fit: nothing was run."""
SCRIPT_FAILED = 3
"""The script gives no score as it is."""
INCOMPLETE = 4
"""The budget ended before the answer; run again to go on from there."""
FAILED = 70
"""A fault of ours; the message names the file with the trace."""
INTERRUPTED = 130
"""Stopped by Ctrl-C; finished runs are kept."""
