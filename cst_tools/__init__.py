"""Pure functions from source to source: what a training script is, and how to change one part of it.

Nothing here does I/O, speaks the language server protocol, asks a model or runs user code, and nothing here
imports ``mlestar``. The fast tier (`script`, `spine`, `blocks`, `roles`, `objective`, `flow`, `rules`) reads ``ast``;
libcst is used where a block is rewritten (`edits`, and the playbook outside this package).
"""
