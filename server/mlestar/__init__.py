"""MLE-STAR as a language server: measures which block of a training script matters and refines it.

The rooms: `cli` and `lsp` translate for people and editors; `engine` holds the algorithms; `agents` the paper's
agents, played by `playbook`; `runs` executes variants away from the user's files; `journal` remembers. The
arrows between them point one way (``[tool.importlinter]`` in pyproject.toml holds them).
"""

__version__ = "0.1.0"
