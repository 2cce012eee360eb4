"""Weakening what prepares the data: scalers passed through, encoders and vectorisers by their plainest kin."""

from __future__ import annotations

import re

import libcst as cst

from cst_tools.snippet import CallRewriter, Change, Snippet, called, with_args

SCALER = re.compile(
    r"^(?:\w*Scaler|Normalizer|PowerTransformer|QuantileTransformer|PCA|KernelPCA|IncrementalPCA|TruncatedSVD|FastICA|NMF"
    r"|PolynomialFeatures|SplineTransformer|SelectKBest|SelectPercentile|SelectFromModel|SelectFpr|RFE|RFECV"
    r"|VarianceThreshold|SequentialFeatureSelector|Nystroem|RBFSampler|Binarizer|GaussianRandomProjection"
    r"|SparseRandomProjection|KBinsDiscretizer|SimpleFeatureSelector)$"
)
_SIMPLER = {
    "KNNImputer": ("SimpleImputer(strategy='median')", "from sklearn.impute import SimpleImputer"),
    "IterativeImputer": ("SimpleImputer(strategy='median')", "from sklearn.impute import SimpleImputer"),
    "TargetEncoder": (
        "OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1)",
        "from sklearn.preprocessing import OrdinalEncoder",
    ),
    "TfidfVectorizer": ("CountVectorizer()", "from sklearn.feature_extraction.text import CountVectorizer"),
}
_OPTIONS = re.compile(r"^(?:Tfidf|Count|Hashing)Vectorizer$")
_NEEDED_OPTIONS = frozenset(
    ["tokenizer", "preprocessor", "analyzer", "token_pattern", "lowercase", "max_features", "n_features", "dtype"]
)


def passthrough(snippet: Snippet, script_text: str) -> Change | None:
    """Scaling, reduction and selection steps without effect, in pipelines and on their own."""
    names: list[str] = []
    imports: list[str] = []
    attributes = re.compile(
        r"(?:components_|explained_variance|get_support|scores_|mean_|scale_|var_|n_components_|powers_)"
    )
    if attributes.search(script_text):
        return None

    class Steps(cst.CSTTransformer):
        def leave_Tuple(self, original_node: cst.Tuple, updated_node: cst.Tuple) -> cst.Tuple:
            elements = list(updated_node.elements)
            if len(elements) in (2, 3) and isinstance(elements[0].value, (cst.SimpleString, cst.FormattedString)):
                step = elements[1].value
                if isinstance(step, cst.Call) and SCALER.match(called(step)):
                    names.append(called(step))
                    elements[1] = elements[1].with_changes(value=cst.SimpleString('"passthrough"'))
                    return updated_node.with_changes(elements=elements)
            return updated_node

    first = snippet.visit(Steps())

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if name == "make_pipeline" and len(node.args) > 1:
            args = []
            for argument in node.args:
                if (
                    isinstance(argument.value, cst.Call)
                    and called(argument.value) == "FunctionTransformer"
                    and not argument.value.args
                ):
                    args.append(argument.with_changes(value=cst.SimpleString('"passthrough"')))
                else:
                    args.append(argument)
            return node.with_changes(args=args)
        if name in ("fit_transform", "transform") and isinstance(node.func, cst.Attribute) and node.args:
            receiver = node.func.value
            if isinstance(receiver, cst.Call) and called(receiver) == "FunctionTransformer" and not receiver.args:
                return node.args[0].value
        if SCALER.match(name):
            names.append(name)
            return cst.parse_expression("FunctionTransformer()")
        return node

    result = first.visit(CallRewriter(change))
    if not names:
        return None
    if "FunctionTransformer()" in result.code:
        imports.append("from sklearn.preprocessing import FunctionTransformer")
    listed = ", ".join(dict.fromkeys(names))
    return Change(result.code, f"{listed} passed through", "passthrough", tuple(imports))


def simpler_transformers(snippet: Snippet) -> Change | None:
    """Encoders, imputers and vectorisers by their plainest kin, or with their options at the defaults."""
    words: list[str] = []
    imports: list[str] = []

    def change(node: cst.Call) -> cst.BaseExpression:
        name = called(node)
        if name in _SIMPLER:
            code, statement = _SIMPLER[name]
            words.append(f"{name} replaced by {code.partition('(')[0]}")
            imports.append(statement)
            return cst.parse_expression(code)
        if _OPTIONS.match(name):
            kept = [a for a in node.args if a.keyword is None or a.keyword.value in _NEEDED_OPTIONS]
            lost = [
                a.keyword.value for a in node.args if a.keyword is not None and a.keyword.value not in _NEEDED_OPTIONS
            ]
            if lost:
                words.append(f"{name} at its defaults ({', '.join(lost)})")
                return with_args(node, kept)
        return node

    result = snippet.visit(CallRewriter(change))
    return (
        Change(result.code, "; ".join(dict.fromkeys(words)), "simpler-transformer", tuple(dict.fromkeys(imports)))
        if words
        else None
    )
