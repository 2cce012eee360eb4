"""L111: fitted before cross-validation parted the rows."""

from __future__ import annotations

from cst_tools.rules.examples import program, split_program
from cst_tools.rules.preprocessing import PreprocessingRule


class PreprocessingOutsideFolds(PreprocessingRule):
    r"""Something is fitted on the rows that cross-validation or a search later parts into folds.

    ## What it does
    Reports transformers fitted on rows before `cross_val_score`, a search whose `best_score_` is used, or a
    loop over folds. When the
    model is also scored on rows nothing was learned from, it is information only.

    ## Why is this bad
    Every fold's held-out rows took part in the fit, so each fold's score is too good.

    ## Example
    ```python
    X = StandardScaler().fit_transform(X)
    print(cross_val_score(model, X, y).mean())
    ```
    Use instead:
    ```python
    print(cross_val_score(make_pipeline(StandardScaler(), model), X, y).mean())
    ```

    ## Fix safety
    To be reviewed: the model is wrapped, so code that looks inside it must look one step deeper; names of a search's
    literal parameters get the step's name in front. Safe in a loop over folds, where the fit goes into the loop.

    ## References
    - scikit-learn user guide, "Pipelines and composite estimators"
    """

    code = "L111"
    slug = "preprocessing-outside-cross-validation"
    VALID = (
        program("print(cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y))\n"),
        program("""
for a, b in KFold(5).split(X):
    sc = StandardScaler().fit(X.iloc[a])
    m = LogisticRegression().fit(sc.transform(X.iloc[a]), y.iloc[a])
    print(m.score(sc.transform(X.iloc[b]), y.iloc[b]))
"""),
        program("X = OneHotEncoder().fit_transform(X)\nprint(cross_val_score(LogisticRegression(), X, y))\n"),
        split_program(
            after=(
                "g = GridSearchCV(make_pipeline(PCA(), LogisticRegression()), {})\n"
                "g.fit(X_train, y_train)\n"
                "print(g.best_score_)\n"
            )
        ),
    )
    INVALID = (
        program("X = StandardScaler().fit_transform(X)\nprint(cross_val_score(LogisticRegression(), X, y).mean())\n"),
        program(
            "Z = PCA(2).fit_transform(X)\n"
            "g = GridSearchCV(LogisticRegression(), {})\n"
            "g.fit(Z, y)\n"
            "print(g.best_score_)\n"
        ),
        program("""
X = MinMaxScaler().fit_transform(X)
for a, b in KFold(5).split(X):
    m = LogisticRegression().fit(X[a], y[a])
    print(accuracy_score(y[b], m.predict(X[b])))
"""),
    )
