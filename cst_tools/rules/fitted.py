"""L101-L104: scaled, filled, counted or scaled by hand with the help of rows that are held out later."""

from __future__ import annotations

from cst_tools.rules.examples import program, split_program
from cst_tools.rules.preprocessing import PreprocessingRule


class TransformerBeforeSplit(PreprocessingRule):
    r"""A scaler, decomposition or discretiser is fitted on rows that are later held out.

    ## What it does
    Follows rows through the program and reports a transformer (scaler, power or quantile transformer, PCA, SVD,
    discretiser, ...) whose `fit` saw rows that a later split, slice or mask puts on the held-out side of a score.

    ## Why is this bad
    The transformer has seen the test rows, so the score no longer says how the model does on rows nobody has
    seen. How much it
    flatters depends on the data: little for a scaler on many rows, a lot for a decomposition on few.

    ## Example
    ```python
    X = StandardScaler().fit_transform(X)
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    ```
    Use instead:
    ```python
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    scaler = StandardScaler()
    X_train = scaler.fit_transform(X_train)
    X_test = scaler.transform(X_test)
    ```

    ## Fix safety
    Safe when fitting and split stand in one block of one cell, the transformed table goes to the split alone and
    nothing in between touches it: the fit goes below the split, learns from the training rows and serves all parts,
    or, where rows are sliced or masked, it learns from those rows where it stands. To be reviewed in loops, across
    cells, in a helper, where a table is wrapped without its index, and where other names may be tables too. Otherwise
    the fix says what to do.

    ## References
    - scikit-learn user guide, "Common pitfalls: Data leakage during pre-processing"
    - Yang, Brower-Sinning, Lewis, Kästner: Data Leakage in Notebooks: Static Detection and Better Processes, ASE 2022
    """

    code = "L101"
    slug = "transformer-fitted-before-split"
    VALID = (
        split_program(
            after="sc = StandardScaler()\nX_train = sc.fit_transform(X_train)\nX_test = sc.transform(X_test)\n"
        ),
        split_program("X = Normalizer().fit_transform(X)\n"),
        split_program("X = OneHotEncoder().fit_transform(X)\n"),
        program("print(cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y).mean())\n"),
        split_program("import matplotlib.pyplot as plt\nZ = PCA(2).fit_transform(X)\nplt.scatter(Z[:, 0], Z[:, 1])\n"),
        split_program() + "final = LogisticRegression().fit(StandardScaler().fit_transform(X), y)\n",
        split_program(
            after="""
def scale(table, fit=False):
    return sc.fit_transform(table) if fit else sc.transform(table)

sc = StandardScaler()
X_train = scale(X_train, fit=True)
X_test = scale(X_test)
"""
        ),
        program("Z = StandardScaler().fit_transform(X)\nmodel = LogisticRegression().fit(Z, y)\n"),
    )
    INVALID = (
        split_program("X = StandardScaler().fit_transform(X)\n"),
        split_program("sc = MinMaxScaler()\nsc.fit(X)\nX = sc.transform(X)\n"),
        split_program("import sklearn.preprocessing as pp\nX = pp.RobustScaler().fit_transform(X)\n"),
        split_program("cols = ['a', 'b']\nX[cols] = MinMaxScaler().fit_transform(X[cols])\n"),
        split_program("def reduce(t):\n    return PCA(3).fit_transform(t)\n\nX = reduce(X)\n"),
        split_program("X = make_pipeline(StandardScaler(), OneHotEncoder()).fit_transform(X)\n"),
        program(
            "X = StandardScaler().fit_transform(X)\n"
            "n = int(0.8 * len(X))\n"
            "model = LogisticRegression().fit(X[:n], y[:n])\n"
            "print(model.score(X[n:], y[n:]))\n"
        ),
        program("""
class Study:
    def __init__(self, X, y):
        self.X, self.y = StandardScaler().fit_transform(X), y

    def run(self):
        a, b, c, d = train_test_split(self.X, self.y)
        return LogisticRegression().fit(a, c).score(b, d)

print(Study(X, y).run())
"""),
        split_program("X = pd.DataFrame(StandardScaler().fit_transform(X), columns=X.columns)\n"),
    )


class ImputerBeforeSplit(PreprocessingRule):
    r"""Missing values are filled with statistics of rows that are later held out.

    ## What it does
    Reports imputers fitted, and pandas fills computed (`fillna(X.mean())`, `interpolate()`), before the rows of
    a score are held out.

    ## Why is this bad
    The fill value carries what the held-out rows look like into training, and their own values into themselves.

    ## Example
    ```python
    df["age"] = df["age"].fillna(df["age"].median())
    train, test = train_test_split(df)
    ```
    Use instead:
    ```python
    train, test = train_test_split(df)
    median = train["age"].median()
    train["age"], test["age"] = train["age"].fillna(median), test["age"].fillna(median)
    ```

    ## Fix safety
    As for L101, for imputers and for fills by hand.

    ## References
    - scikit-learn user guide, "Imputation of missing values"
    """

    code = "L102"
    slug = "imputation-before-split"
    VALID = (
        split_program("X = X.fillna(0)\n"),
        split_program(after="m = X_train.median()\nX_train = X_train.fillna(m)\nX_test = X_test.fillna(m)\n"),
        split_program(
            after="imp = SimpleImputer().fit(X_train)\nX_train = imp.transform(X_train)\n"
            "X_test = imp.transform(X_test)\n"
        ),
        program("print(cross_val_score(make_pipeline(SimpleImputer(), LogisticRegression()), X, y))\n"),
    )
    INVALID = (
        split_program("X = X.fillna(X.mean())\n"),
        split_program("X = SimpleImputer(strategy='median').fit_transform(X)\n"),
        split_program("X['a'].fillna(X['a'].mode()[0], inplace=True)\n"),
        split_program("for c in ['a']:\n    X[c] = X[c].fillna(X[c].median())\n"),
    )


class VocabularyBeforeSplit(PreprocessingRule):
    r"""A vocabulary, document frequencies or an embedding is learned from rows that are later held out.

    ## What it does
    Reports `CountVectorizer`, `TfidfVectorizer`, Keras' `Tokenizer`, `Word2Vec` and the like fitted on all
    texts before the split.

    ## Why is this bad
    Words that only occur in the test texts get features and weights, which new texts will not have: the score
    is too good.

    ## Example
    ```python
    X = TfidfVectorizer().fit_transform(texts)
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    ```
    Use instead:
    ```python
    train, test, y_train, y_test = train_test_split(texts, y)
    vectorizer = TfidfVectorizer()
    X_train, X_test = vectorizer.fit_transform(train), vectorizer.transform(test)
    ```

    ## Fix safety
    As for L101.

    ## References
    - scikit-learn user guide, "Common pitfalls: Data leakage during pre-processing"
    """

    code = "L103"
    slug = "vocabulary-before-split"
    VALID = (
        split_program("X = HashingVectorizer().fit_transform(df['text'])\n"),
        split_program(
            "X = df['text']\n",
            "v = TfidfVectorizer()\nX_train = v.fit_transform(X_train)\nX_test = v.transform(X_test)\n",
        ),
        program("print(cross_val_score(make_pipeline(TfidfVectorizer(), LogisticRegression()), df['text'], y))\n"),
    )
    INVALID = (
        split_program("X = TfidfVectorizer().fit_transform(df['text'])\n"),
        split_program("texts = [t.lower() for t in df['text']]\nv = TfidfVectorizer()\nX = v.fit_transform(texts)\n"),
        split_program("from gensim.models import Word2Vec\nw = Word2Vec(df['text'])\nX = w.transform(df['text'])\n"),
    )


class StatisticBeforeSplit(PreprocessingRule):
    r"""A hand-written statistic of all rows scales, clips or filters rows that are later held out.

    ## What it does
    Follows `mean`, `std`, `min`, `max`, `quantile`, ... of a table into arithmetic with it, clipping, filters of rows
    and group statistics brought back to the rows, before the rows of a score are held out: in formulas, functions given
    to `apply` and `pipe`, polars' expressions and classes of the script. The numbers of one formula are one finding.

    ## Why is this bad
    It is L101 written by hand: the numbers come from the test rows too.

    ## Example
    ```python
    X = (X - X.mean()) / X.std()
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    ```
    Use instead:
    ```python
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    mean, std = X_train.mean(), X_train.std()
    X_train, X_test = (X_train - mean) / std, (X_test - mean) / std
    ```

    ## Fix safety
    As for L101: the numbers come from the training rows, and the formula is applied to all parts. Filters of rows and
    statistics of groups are left to you.

    ## References
    - Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, 7.10.2
    """

    code = "L104"
    slug = "statistic-before-split"
    VALID = (
        split_program("X = X / 255.0\n"),
        split_program("X = X.sub(X.mean(axis=1), axis=0)\n"),
        split_program("print(X.mean())\n"),
        split_program(
            after="m, s = X_train.mean(), X_train.std()\nX_train = (X_train - m) / s\nX_test = (X_test - m) / s\n"
        ),
    )
    INVALID = (
        split_program("X = (X - X.mean()) / X.std()\n"),
        split_program("X = (X - X.min()) / (X.max() - X.min())\n"),
        split_program("X = X.clip(upper=X.quantile(0.99))\n"),
        split_program("mu = np.mean(X, axis=0)\nX = X - mu\n"),
    )
