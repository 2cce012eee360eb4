"""polars: as other tables, and expressions of columns."""

from cst_tools.flow.libraries import tables
from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = ("polars",)

NAMES: Names = {**tables.NAMES, **names("col all exclude nth", Spec(Act.EXPRESSION))}
