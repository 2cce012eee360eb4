"""L101-L108 and L111: fitted before the rows were parted."""

from __future__ import annotations

from cst_tools.rules.examples import FIT, SCORE, SPLIT, program, split_program
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
    Safe when fitting and split stand in one block, the transformed table goes to the split alone and nothing in
    between touches it;
    to be reviewed when the transformed table is wrapped in another call. Otherwise there is no edit.

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
    As for L101 for imputer objects; none for fills by hand.

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
    Follows `mean`, `std`, `min`, `max`, `quantile`, ... of a table into arithmetic with it, before the rows of
    a score are held out.

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
    No edit.

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


class SelectionBeforeSplit(PreprocessingRule):
    r"""Features are selected with the help of rows that are later held out.

    ## What it does
    Reports supervised selectors (`SelectKBest`, `RFE`, `SelectFromModel`, ...) fitted on rows that a split or
    cross-validation then holds out.

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
    No edit.

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
    )


class TargetEncodingBeforeSplit(PreprocessingRule):
    r"""Categories are encoded by the target of rows that are later held out.

    ## What it does
    Reports target, leave-one-out and weight-of-evidence encoders fitted on rows that are later held out.

    ## Why is this bad
    The encoding of a rare category is nearly the label of its few rows, test rows included.

    ## Example
    ```python
    X = TargetEncoder().fit_transform(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    ```
    Use instead a pipeline, or fit the encoder on the training rows.

    ## Fix safety
    No edit.

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
    No edit.

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
    Reports SMOTE and other over-sampling applied to rows that are split, or cross-validated, afterwards.

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
    No edit.

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
    )
    INVALID = (
        split_program("from imblearn.over_sampling import SMOTE\nX, y = SMOTE().fit_resample(X, y)\n"),
        program(
            "from imblearn.over_sampling import ADASYN\n"
            "A, b = ADASYN().fit_resample(X, y)\n"
            "print(cross_val_score(LogisticRegression(), A, b))\n"
        ),
    )


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
    To be reviewed: the model is wrapped, so code that looks inside it must look one step deeper.

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
