"""Searches over a function that returns a score: hyperopt, scikit-optimize, bayes_opt, SciPy.

Optuna's ``study.optimize(objective)`` is known by its method's name and a function as its argument.
"""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = ("hyperopt", "skopt", "bayes_opt", "GPyOpt", "nevergrad", "optuna", "zoopt", "smac", "scipy")

NAMES: Names = {
    **names(
        "fmin gp_minimize forest_minimize gbrt_minimize dummy_minimize base_minimize BayesianOptimization",
        Spec(Act.OPTIMISE),
    ),
    **names(
        "minimize minimize_scalar differential_evolution basinhopping dual_annealing shgo brute", Spec(Act.OPTIMISE)
    ),
    **names("create_study load_study Trials Trial", Spec(Act.IGNORE)),
    "BayesSearchCV": Spec(Act.SEARCH, wraps=0),
    "OptunaSearchCV": Spec(Act.SEARCH, wraps=0),
}
