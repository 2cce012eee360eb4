"""L107, L108 and L109: rows put together or made before they were parted."""

from __future__ import annotations

from cst_tools.rules.examples import FIT, SCORE, SPLIT, program, split_program
from cst_tools.rules.preprocessing import PreprocessingRule

_XY = "X, y = df.drop(columns=['y']), df['y']\n"
_REST = _XY + SPLIT + FIT + SCORE


class ConcatenatedThenFitted(PreprocessingRule):
    r"""Training and test rows are put together, and something is fitted on both.

    ## What it does
    Reports a fit on a concatenation of tables of which one is later scored. A test table without labels, as in
    competitions, is not scored and not reported.

    ## Why is this bad
    As L101: what is learned has seen the rows it is judged on.

    ## Example
    ```python
    both = pd.concat([train, test])
    both = StandardScaler().fit_transform(both)
    ```
    Use instead: fit on `train`, transform both.

    ## Fix safety
    Safe where the rows of the training table are selected again, or where both tables were put together for the fit
    alone: it learns from the training rows, and both are transformed.

    ## References
    - scikit-learn user guide, "Common pitfalls: Data leakage during pre-processing"
    """

    code = "L107"
    slug = "fitted-on-train-and-test"
    VALID = (
        program(
            (
                "test = pd.read_csv('test.csv')\n"
                "both = pd.concat([X, test])\n"
                "both = pd.get_dummies(both)\n"
                "X = both[:len(X)]\n"
            )
            + SPLIT
            + FIT
            + SCORE
        ),
        program(
            "test = pd.read_csv('test.csv')\n"
            "sc = StandardScaler().fit(X)\n"
            "model = LogisticRegression().fit(sc.transform(X), y)\n"
            "print(model.score(sc.transform(test.drop(columns='y')), test['y']))\n"
        ),
    )
    INVALID = (
        program(
            "test = pd.read_csv('test.csv')\n"
            "z = test.pop('y')\n"
            "both = pd.concat([X, test])\n"
            "both = StandardScaler().fit_transform(both)\n"
            "model = LogisticRegression().fit(both[:len(X)], y)\n"
            "print(model.score(both[len(X):], z))\n"
        ),
        program(
            "test = pd.read_csv('test.csv')\n"
            "z = test.pop('y')\n"
            "sc = StandardScaler().fit(pd.concat([X, test]))\n"
            "model = LogisticRegression().fit(sc.transform(X), y)\n"
            "print(model.score(sc.transform(test), z))\n"
        ),
    )


class ResamplingBeforeSplit(PreprocessingRule):
    r"""Rows are made or repeated before the split, so that copies of test rows are trained on.

    ## What it does
    Reports SMOTE and other over-sampling, drawing with replacement, and repeating the rows of one class, where the rows
    are split, or cross-validated, afterwards.

    ## Why is this bad
    Rows on the test side have copies, or interpolations, on the training side: the model is asked what it has
    learned by heart.

    ## Example
    ```python
    X, y = SMOTE().fit_resample(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    ```
    Use instead:
    ```python
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    X_train, y_train = SMOTE().fit_resample(X_train, y_train)
    ```

    ## Fix safety
    Safe where sampler and split stand in one block and nothing in between uses the new rows: the sampler goes below
    the split. To be reviewed for cross-validation, where it goes into imbalanced-learn's pipeline. Rows repeated by
    hand are left to you.

    ## References
    - imbalanced-learn user guide, "Common pitfalls and recommended practices"
    """

    code = "L108"
    slug = "resampling-before-split"
    VALID = (
        split_program(
            after="from imblearn.over_sampling import SMOTE\n"
            "X_train, y_train = SMOTE().fit_resample(X_train, y_train)\n"
        ),
        split_program(
            "from imblearn.under_sampling import RandomUnderSampler\nX, y = RandomUnderSampler().fit_resample(X, y)\n"
        ),
        program("df = pd.concat([df[df['y'] == 0].sample(500), df[df['y'] == 1]])\n" + _REST),
        program(
            "from sklearn.utils import resample\ntrain, test = train_test_split(df)\n"
            "train = pd.concat([train, resample(train[train.y == 1])])\n"
            "model = LogisticRegression().fit(train[['a']], train['y'])\nprint(model.score(test[['a']], test['y']))\n"
        ),
    )
    INVALID = (
        split_program("from imblearn.over_sampling import SMOTE\nX, y = SMOTE().fit_resample(X, y)\n"),
        program(
            "from imblearn.over_sampling import ADASYN\n"
            "A, b = ADASYN().fit_resample(X, y)\n"
            "print(cross_val_score(LogisticRegression(), A, b))\n"
        ),
        program("df = pd.concat([df, df[df['y'] == 1]])\n" + _REST),
        program("few = df[df['y'] == 1]\ndf = pd.concat([df[df['y'] == 0], few.sample(900, replace=True)])\n" + _REST),
        program(
            "from sklearn.utils import resample\nmany, few = df[df.y == 0], df[df.y == 1]\n"
            "df = pd.concat([many, resample(few, replace=True, n_samples=len(many))])\n" + _REST
        ),
        program("df = df.sample(frac=2.0, replace=True)\n" + _REST),
        program(
            "def balance(t):\n    few = t[t['y'] == 1]\n    return pd.concat([t, few, few])\n\n"
            "df = balance(df)\n" + _REST
        ),
        program(
            "df = df.append([df[df['y'] == 1]] * 4)\n"
            + _XY
            + "for a, b in KFold(5).split(X):\n    m = LogisticRegression().fit(X.iloc[a], y.iloc[a])\n"
            "    print(m.score(X.iloc[b], y.iloc[b]))\n"
        ),
    )


class AugmentationBeforeSplit(PreprocessingRule):
    r"""Changed copies of rows (flips, noise, paraphrases) are added before the split.

    ## What it does
    Reports tables in which rows and changed copies of them stand together, when a split parts that table afterwards.
    Generators that change rows while a model is trained on them are silent.

    ## Why is this bad
    A test image whose mirror image was trained on is no unseen image: the score says how well the model remembers.

    ## Example
    ```python
    images = np.concatenate([images, images[:, :, ::-1]])
    labels = np.concatenate([labels, labels])
    X_train, X_test, y_train, y_test = train_test_split(images, labels)
    ```
    Use instead:
    ```python
    X_train, X_test, y_train, y_test = train_test_split(images, labels)
    X_train = np.concatenate([X_train, X_train[:, :, ::-1]])
    y_train = np.concatenate([y_train, y_train])
    ```

    ## Fix safety
    No edit.

    ## References
    - Varoquaux, Cheplygina: Machine learning for medical imaging: methodological failures and recommendations, 2022
    """

    code = "L109"
    slug = "augmentation-before-split"
    VALID = (
        split_program(
            after="noisy = X_train + np.random.normal(0, 0.1, X_train.shape)\n"
            "X_train = np.concatenate([X_train, noisy])\ny_train = np.concatenate([y_train, y_train])\n"
        ),
        split_program("X = np.concatenate([X.values, np.log1p(X.values)], axis=1)\n"),
        program(
            "a, b = np.random.randn(99, 2) + 1, np.random.randn(99, 2) - 1\n"
            "X, y = np.vstack([a, b]), np.hstack([np.ones(99), np.zeros(99)])\n" + SPLIT + FIT + SCORE
        ),
    )
    INVALID = (
        split_program(
            "noisy = X + np.random.normal(0, 0.1, X.shape)\n"
            "X = np.concatenate([X, noisy])\ny = np.concatenate([y, y])\n"
        ),
        split_program("X = np.vstack((X, np.fliplr(X)))\ny = np.hstack((y, y))\n"),
        split_program(
            "rows, labels = [], []\nfor row, label in zip(X.values, y):\n    rows.append(row)\n"
            "    labels.append(label)\n    rows.append(add_noise(row))\n    labels.append(label)\n"
            "X, y = np.array(rows), np.array(labels)\n"
        ),
        program(
            "from lib import synonyms_of\ndef augment(text):\n    return synonyms_of(text)\n\n"
            "more = df.copy()\nmore['text'] = more['text'].apply(augment)\ndf = pd.concat([df, more])\n"
            "X, y = df.drop(columns=['y']), df['y']\n" + SPLIT + FIT + SCORE
        ),
    )
