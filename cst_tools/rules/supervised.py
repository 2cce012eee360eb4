"""L105 and L106: features chosen or encoded by the target of rows that are held out later."""

from __future__ import annotations

from cst_tools.rules.examples import program, split_program
from cst_tools.rules.preprocessing import PreprocessingRule


class SelectionBeforeSplit(PreprocessingRule):
    r"""Features are selected with the help of rows that are later held out.

    ## What it does
    Reports supervised selectors (`SelectKBest`, `RFE`, `SelectFromModel`, ...) fitted on rows that a split or
    cross-validation then holds out, and columns picked by importances, coefficients, correlations with the target or
    tests (`f_classif`, `pearsonr`, `ttest_ind`, ...) of such rows. A list of columns written out below a selection
    whose result was only looked at is a warning: it may have been copied.

    ## Why is this bad
    Among many features some fit the test labels by chance, and those are chosen. On pure noise this alone lifts
    accuracy from 50 %
    far above it.

    ## Example
    ```python
    X = SelectKBest(k=20).fit_transform(X, y)
    print(cross_val_score(model, X, y).mean())
    ```
    Use instead:
    ```python
    print(cross_val_score(make_pipeline(SelectKBest(k=20), model), X, y).mean())
    ```

    ## Fix safety
    Safe before a split and before a loop over folds, as L101. To be reviewed for cross-validation and searches, where
    the selector goes into a pipeline with the model. A list of columns copied from a selection is left to you.

    ## References
    - Ambroise, McLachlan: Selection bias in gene extraction on the basis of microarray gene-expression data, PNAS 2002
    """

    code = "L105"
    slug = "selection-before-split"
    VALID = (
        program("print(cross_val_score(make_pipeline(SelectKBest(k=3), LogisticRegression()), X, y))\n"),
        split_program(
            after="s = SelectKBest(k=3)\nX_train = s.fit_transform(X_train, y_train)\nX_test = s.transform(X_test)\n"
        ),
        split_program("print(SelectKBest(f_classif, k=3).fit(X, y).scores_)\n"),
    )
    INVALID = (
        split_program("X = SelectKBest(f_classif, k=3).fit_transform(X, y)\n"),
        program("X = SelectKBest(k=3).fit_transform(X, y)\nprint(cross_val_score(LogisticRegression(), X, y))\n"),
        split_program("s = SelectKBest(k=3)\ns.fit(X, y)\nX = s.transform(X)\n"),
        split_program(
            "a = pd.concat([pd.read_csv('red.csv'), pd.read_csv('white.csv')])\nc = a.corr()\n"
            "s = c['y'].abs()\nX, y = a[s[s > 0.1].index], a['y']\n"
        ),
    )


class TargetEncodingBeforeSplit(PreprocessingRule):
    r"""Categories are encoded by the target of rows that are later held out.

    ## What it does
    Reports target, leave-one-out and weight-of-evidence encoders fitted on rows that are later held out, and group
    means of the target (`groupby(c)[y].mean()`, cross tables, windows `over` a group) mapped, merged or joined back to
    such rows. Means over earlier rows and out-of-fold loops are silent.

    ## Why is this bad
    The encoding of a rare category is nearly the label of its few rows, test rows included.

    ## Example
    ```python
    X = TargetEncoder().fit_transform(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    ```
    Use instead a pipeline, or fit the encoder on the training rows.

    ## Fix safety
    To be reviewed: the encoder is fitted on the training rows, or goes into a pipeline with the model. Categories that
    the training rows lack, and training rows encoded by their own labels, need a look. Means by hand are left to you.

    ## References
    - Micci-Barreca: A preprocessing scheme for high-cardinality categorical attributes, SIGKDD Explorations 2001
    """

    code = "L106"
    slug = "target-encoding-before-split"
    VALID = (
        split_program(
            after=(
                "from category_encoders import TargetEncoder\n"
                "e = TargetEncoder()\n"
                "X_train = e.fit_transform(X_train, y_train)\n"
                "X_test = e.transform(X_test)\n"
            )
        ),
        program(
            "from sklearn.preprocessing import TargetEncoder\n"
            "print(cross_val_score(make_pipeline(TargetEncoder(), LogisticRegression()), X, y))\n"
        ),
        split_program("import category_encoders as ce\nX = ce.BinaryEncoder().fit_transform(X)\n"),
    )
    INVALID = (
        split_program("from category_encoders import TargetEncoder\nX = TargetEncoder().fit_transform(X, y)\n"),
        split_program(
            "import category_encoders as ce\ne = ce.WOEEncoder(cols=['a'])\ne.fit(X, y)\nX = e.transform(X)\n"
        ),
        program(
            "import category_encoders as ce\n"
            "X = ce.LeaveOneOutEncoder().fit_transform(X, y)\n"
            "print(cross_val_score(LogisticRegression(), X, y))\n"
        ),
    )
