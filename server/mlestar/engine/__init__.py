"""The algorithms of MLE-STAR on the user's script. `api.Engine` is what others use.

`study` turns variants into runs and keeps to the budget; `ablate` and `refine` are the outer and inner steps of the
paper's algorithm 2; `acceptance` decides whether a gain is real; `types` holds what is given and answered.
"""
