"""The paper's agents (arXiv 2506.15692), one module each: ``async`` functions from typed input to typed outcome.

Each is played by the playbook or by ``cst_tools`` when no language model is configured. What exists now:
`ablation`, `summarizer`, `extractor`, `planner`, `coder`, `leakage`.
"""
