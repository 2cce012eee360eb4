"""Strategies for text features."""

from __future__ import annotations

import libcst as cst

from mlestar.playbook.arguments import keywords, literal, set_keywords, spread
from mlestar.playbook.examples import SPAM, swap
from mlestar.playbook.rewriting import Draft, Form
from mlestar.playbook.scene import Scene
from mlestar.playbook.sites import Site
from mlestar.playbook.transformers import Transformers

_SPAM = SPAM.format(
    imports="from sklearn.linear_model import LogisticRegression",
    vectoriser="TfidfVectorizer()",
    model="LogisticRegression()",
)
_COUNTS = _SPAM.replace("TfidfVectorizer", "CountVectorizer")


def dense_text(scene: Scene) -> bool:
    """Whether the script turns its counts into a dense array, which more features would not fit into."""
    return bool({"toarray", "todense"} & scene.names.all_attributes())


class WordPairs(Transformers):
    """Counts pairs of words too, dampens repeated words, and drops words seen once.

    "not good" is not "good"; a word ten times is not ten times a word once; a word of one document generalises to none.
    """

    slug = "word-pairs"
    title = "Add word pairs and sublinear counts"
    reference = "https://scikit-learn.org/stable/modules/feature_extraction.html#text-feature-extraction"
    prior = 0.5
    classes = frozenset({"TfidfVectorizer", "CountVectorizer"})
    examples = (
        swap(_SPAM, "TfidfVectorizer()", "TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)",
             at="vectorizer = "),
    )  # fmt: skip

    def edit(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        given = keywords(scene, site.call)
        if literal(given.get("analyzer", "'word'")) != "word":
            return "the vectoriser does not count words"
        if dense_text(scene):
            return "the script makes its text features dense"
        settings = {}
        if "ngram_range" not in given:
            settings["ngram_range"] = "(1, 2)"
        if "min_df" not in given and "vocabulary" not in given:
            settings["min_df"] = "2"
        if site.name == "TfidfVectorizer" and "sublinear_tf" not in given:
            settings["sublinear_tf"] = "True"
        if not settings:
            return "the vectoriser is set up so already"
        made = set_keywords(scene, draft, site.call, settings)
        return made if isinstance(made, str) else ()

    def reason(self, scene: Scene) -> str:
        return "Pairs of words carry negation and phrases, and the logarithm of counts dampens repetition."


class CountsToTfidf(Transformers):
    """Weighs words by how rare they are, instead of counting them alone.

    In raw counts the commonest words are the largest numbers, although they say least.
    """

    slug = "counts-to-tfidf"
    title = "Weigh words by how rare they are"
    reference = "https://scikit-learn.org/stable/modules/feature_extraction.html#tfidf-term-weighting"
    prior = 0.45
    classes = frozenset({"CountVectorizer"})
    examples = (
        swap(_COUNTS, "CountVectorizer()", "TfidfVectorizer(sublinear_tf=True)", at="vectorizer = ",
             imports="from sklearn.feature_extraction.text import TfidfVectorizer"),
    )  # fmt: skip

    def edit(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        if scene.called({"TfidfTransformer", "LatentDirichletAllocation"}):
            return "the script needs the counts"
        if {"binary", "dtype"} & set(keywords(scene, site.call)) or spread(site.call):
            return "the counts are set up in their own way"
        written, imports = scene.refer("sklearn.feature_extraction.text", "TfidfVectorizer")
        call = site.call.with_changes(func=cst.parse_expression(written))
        made = set_keywords(scene, draft, site.call, {"sublinear_tf": "True"})
        if isinstance(made, str):
            return made
        now = draft.replaced[site.call]
        draft.replace(site.call, now.with_changes(func=call.func))
        return imports

    def reason(self, scene: Scene) -> str:
        return "Raw counts make the commonest words the largest numbers, although they say least."


class CharacterGrams(Transformers):
    """Adds sequences of three to five characters beside the words.

    They see through spelling, word forms and compounds, and are the strongest simple addition on short or noisy texts.
    """

    slug = "character-grams"
    title = "Add character sequences beside the words"
    reference = (
        "https://scikit-learn.org/stable/modules/feature_extraction.html#limitations-of-the-bag-of-words-representation"
    )
    prior = 0.5
    classes = frozenset({"TfidfVectorizer"})
    examples = (
        swap(_SPAM, "vectorizer = TfidfVectorizer()",
             "vectorizer = FeatureUnion([\n"
             '    ("words", TfidfVectorizer()),\n'
             "    (\n"
             '        "characters",\n'
             '        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True),\n'
             "    ),\n"
             "])", at="vectorizer = ",
             imports="from sklearn.pipeline import FeatureUnion"),
    )  # fmt: skip

    def edit(self, scene: Scene, draft: Draft, site: Site) -> tuple[str, ...] | str:
        given = keywords(scene, site.call)
        if literal(given.get("analyzer", "'word'")) != "word" or scene.called({"FeatureUnion"}):
            return "the script counts characters already, or joins features in its own way"
        used = {"vocabulary_", "idf_", "get_feature_names", "get_feature_names_out", "inverse_transform", "stop_words_"}
        if used & scene.names.all_attributes():
            return "the script uses what the vectoriser learned"
        if dense_text(scene) or "vocabulary" in given:
            return "the script makes its text features dense"
        if scene.parameter_paths:
            return "the script sets parameters of the pipeline by name"
        inner = scene.code.code_of(site.call)
        if any(mark in inner for mark in ("\n", "#")):
            return "the vectoriser's arguments cannot be moved"
        union, imports = scene.refer("sklearn.pipeline", "FeatureUnion")
        own = scene.code.code_of(site.call.func)
        settings = ('analyzer="char_wb"', "ngram_range=(3, 5)", "min_df=2", "sublinear_tf=True")
        characters = Form(f"{own}(", tuple(scene.q(s) for s in settings))
        pairs = (Form("(", (scene.q('"words"'), inner)), Form("(", (scene.q('"characters"'), characters)))
        draft.replace(site.call, scene.text(Form(f"{union}([", pairs, "])"), site.call))
        return imports

    def reason(self, scene: Scene) -> str:
        return "Character sequences see through spelling and word forms, which words alone do not."


STRATEGIES = (WordPairs, CountsToTfidf, CharacterGrams)
