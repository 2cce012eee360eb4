"""L110: a transformer fitted again on the rows that are scored."""

from __future__ import annotations

from cst_tools.rules.preprocessing import Leak, PreprocessingRule


class RefitOnTest(PreprocessingRule):
    """A transformer is fitted on the test rows themselves."""

    code = "L110"
    slug = "refit-on-test"

    def message(self, leak: Leak) -> str:
        line = leak.evaluation.key[0] if leak.evaluation is not None else 0
        return (
            f"`{leak.learned.what}` learns from the test rows scored on line {line}, so they are not transformed as the "
            "training rows were: use `transform` of the object fitted on the training rows."
        )
