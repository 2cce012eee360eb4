"""The ladder's decisions, without a run: tiers, who goes on, what a tier was worth, when a run is hopeless."""

from __future__ import annotations

import random

import pytest

from cst_tools.analysis import analyse
from cst_tools.script import Script
from cst_tools.types import Direction
from mlestar.engine.data_roles import DataRoles, data_roles
from mlestar.engine.early_stopping import below_median, cannot_win
from mlestar.engine.fidelity import (
    BASELINE,
    FULL,
    Key,
    Ladder,
    Outcome,
    Rules,
    Standing,
    name_of,
    outcome_of,
    plan_screening,
)
from mlestar.engine.fidelity_trust import Agreement, agreements, kendall, spearman, trust_of
from mlestar.runs.types import Fidelity, RunResult, RunStatus, Taken

TENTH, THIRD = (Fidelity(name_of(Fidelity(rows=share)), rows=share) for share in (0.1, 0.3))


# --- tiers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "seconds", "classes", "shares"),
    [
        (100_000, 60.0, (), [0.1, 0.3, 1.0]),
        (100_000, 10.0, (), [0.1, 1.0]),  # a middle tier would cost as much as it saves
        (100_000, 3.0, (), [1.0]),  # a short script needs no ladder
        (10_000, 60.0, (), [0.2, 0.3, 1.0]),  # 2,000 rows at least
        (3_000, 60.0, (), [1.0]),
        (100_000, 60.0, (99_800, 200), [0.25, 0.3, 1.0]),  # 50 rows of the rarest class at least
        (100_000, 60.0, (99_950, 50), [1.0]),
        (None, 60.0, (), [1.0]),
    ],
)
def test_tiers(rows: int | None, seconds: float, classes: tuple[int, ...], shares: list[float]) -> None:
    assert [tier.rows for tier in plan_screening(rows, seconds, class_counts=classes)] == shares


def test_a_tier_that_misled_before_is_not_used_again() -> None:
    tiers = plan_screening(100_000, 60.0, trust={"10 % of rows": 0.1, "30 % of rows": 0.9})
    assert [tier.name for tier in tiers] == ["30 % of rows", "full"]


def test_rows_that_cannot_be_reduced_leave_folds_and_rounds() -> None:
    roles = DataRoles(obstacle="line 3 cuts a table at row 5,000")
    assert plan_screening(100_000, 60.0, roles=roles) == (FULL,)
    tiers = plan_screening(100_000, 60.0, roles=roles, folds=1, rounds=0.2)
    assert [tier.name for tier in tiers] == ["1 fold, 20 % of rounds", "full"]
    assert tiers[0].rows == 1.0


# --- who goes on -------------------------------------------------------------------------------------------


def carried_out(
    ladder: Ladder, effects: dict[str, float], noise: float = 0.002, tier_noise: float = 0.002, seed: int = 0
) -> tuple[dict[Key, Outcome], list[tuple[str, int, Fidelity]]]:
    """All runs that a ladder asks for, of a script whose score is 0.8 and costs 1 s a full run."""
    rng, results, asked = random.Random(seed), {}, []
    while todo := ladder.next(results):
        for variant, number, tier in todo:
            assert (variant, number, tier.name) not in results, "a run was asked for twice"
            spread = noise if tier.full else tier_noise
            score = 0.8 + effects.get(variant, 0.0) + rng.gauss(0, spread)
            results[variant, number, tier.name] = Outcome(score, tier.rows)
            asked.append((variant, number, tier))
    return results, asked


EFFECTS = {"features": -0.05, "model": -0.03, "scaler": -0.004, "clean": 0.0, "tune": 0.001, "blend": -0.002}


def ladder(*tiers: Fidelity, rules: Rules | None = None, seeds: int = 3) -> Ladder:
    chosen = tiers or (TENTH, FULL)
    return Ladder(chosen, tuple(EFFECTS), tuple(range(seeds)), Direction.MAXIMIZE, rules or Rules())


def test_the_largest_effect_is_found_for_less() -> None:
    for seed in range(20):
        results, asked = carried_out(ladder(), EFFECTS, seed=seed)
        first = ladder().standings(results)[0]
        assert (first.variant, first.label) == ("features", "measured")
        full = [run for run in asked if run[2].full]
        assert len(full) < 0.5 * 7 * 3
        assert len({(v, s) for v, s, _ in full if v == BASELINE}) == 3


def test_what_was_not_measured_is_called_screened_and_says_why() -> None:
    results, _ = carried_out(ladder(), EFFECTS)
    standings = {s.variant: s for s in ladder().standings(results)}
    assert standings["clean"].label == "screened"
    assert standings["clean"].tier == TENTH
    assert standings["clean"].why.startswith("cannot be the largest")
    assert standings["features"].why == ""


def test_noise_keeps_more_in_the_race_up_to_the_cap() -> None:
    tight, _ = carried_out(ladder(), EFFECTS, tier_noise=0.001)
    loose, _ = carried_out(ladder(rules=Rules(keep=1.0)), EFFECTS, tier_noise=0.02)
    capped, _ = carried_out(ladder(rules=Rules(keep=0.5)), EFFECTS, tier_noise=0.02)

    def measured(results: dict[Key, Outcome]) -> int:
        return len({v for v, _, name in results if name == "full" and v != BASELINE})

    assert measured(tight) <= 2
    assert measured(loose) > 3
    assert measured(capped) == 3
    why = [s.why for s in ladder(rules=Rules(keep=0.5)).standings(capped) if s.label == "screened"]
    assert any("noise there does not exclude it" in words for words in why)


def test_a_tier_that_tells_nothing_leaves_nobody_behind() -> None:
    for seed in range(5):
        results, _ = carried_out(ladder(), dict.fromkeys(EFFECTS, 0.0), tier_noise=0.05, seed=seed)
        if all(s.interval is not None and s.interval.least == 0 for s in low_standings(results)):
            assert len({v for v, _, name in results if name == "full"}) == 7
            return
    raise AssertionError("five draws of nothing but noise all looked like an effect")


def low_standings(results: dict[Key, Outcome]) -> list[Standing]:
    return ladder().standings({key: outcome for key, outcome in results.items() if key[2] == TENTH.name})


def test_a_gain_is_another_question_than_an_impact() -> None:
    rules = Rules(wanted="gain", least=1)
    results, _ = carried_out(ladder(rules=rules), {**EFFECTS, "tune": 0.03})
    first = ladder(rules=rules).standings(results)[0]
    assert (first.variant, first.label) == ("tune", "measured")
    assert all(s.label == "screened" for s in ladder(rules=rules).standings(results) if s.variant == "features")


def test_lower_is_better_for_an_error() -> None:
    rules = Rules(wanted="gain", least=1)
    errors = Ladder((TENTH, FULL), tuple(EFFECTS), (0, 1, 2), Direction.MINIMIZE, rules)
    results, _ = carried_out(errors, EFFECTS)
    assert errors.standings(results)[0].variant == "features"


def test_the_first_run_shows_a_tier_that_is_none() -> None:
    asked = ladder().next({})
    assert asked == [(BASELINE, 0, TENTH)]
    nothing_taken = {(BASELINE, 0, TENTH.name): Outcome(0.8, 1.0, reduced=False)}
    broken = {(BASELINE, 0, TENTH.name): Outcome(None, 0.1)}
    no_cheaper = {(BASELINE, 0, TENTH.name): Outcome(0.8, 0.9), (BASELINE, 0, "full"): Outcome(0.8, 1.0)}
    for results in (nothing_taken, broken, no_cheaper):
        assert {tier.name for _, _, tier in ladder().next(results)} == {"full"}
    # and the next one is tried
    assert ladder(TENTH, THIRD, FULL).next(broken) == [(BASELINE, 0, THIRD)]


def test_a_variant_that_fails_is_not_tried_again_and_is_told() -> None:
    results = {(BASELINE, seed, TENTH.name): Outcome(0.8, 0.1) for seed in range(3)}
    results[("clean", 0, TENTH.name)] = Outcome(None, 0.1)
    asked = ladder().next(results)
    assert not any(variant == "clean" for variant, _, _ in asked)
    assert {seed for variant, seed, _ in asked if variant == "model"} == {0, 1, 2}
    for variant, seed, tier in asked:
        results[variant, seed, tier.name] = Outcome(0.8 + EFFECTS[variant], 0.1)
    standing = next(s for s in ladder().standings(results) if s.variant == "clean")
    assert standing.interval is None and "gave no score" in standing.why


def test_seeds_go_side_by_side() -> None:
    results = {(BASELINE, 0, TENTH.name): Outcome(0.8, 0.1)}
    seeds = [seed for _, seed, _ in ladder().next(results)]
    assert seeds == sorted(seeds)


def test_three_tiers_narrow_down() -> None:
    results, asked = carried_out(ladder(TENTH, THIRD, FULL), EFFECTS, tier_noise=0.01)
    counts = [len({v for v, _, t in asked if t.name == tier.name and v}) for tier in (TENTH, THIRD, FULL)]
    assert counts[0] == 6
    assert counts == sorted(counts, reverse=True)
    assert results


def test_what_a_run_says_of_itself() -> None:
    rows = Taken("rows", "train.csv", 1_000, 100)
    whole = Taken("rows", "train.csv", 100, 100, "small enough")
    good = RunResult(RunStatus.OK, 0.5, "", cpu_s=2.0, taken=(whole, rows))
    assert outcome_of(good, TENTH) == Outcome(0.5, 2.0)
    nothing = RunResult(RunStatus.OK, 0.5, "", cpu_s=2.0, taken=(whole,))
    assert not outcome_of(nothing, TENTH).reduced
    assert outcome_of(nothing, FULL).reduced
    assert outcome_of(RunResult(RunStatus.CANCELLED, None, "stopped"), TENTH).cancelled


# --- agreement ------------------------------------------------------------------------------------------------


def test_rank_agreement_by_hand() -> None:
    assert kendall([1, 2, 3, 4], [1, 2, 4, 3]) == pytest.approx(4 / 6)
    assert kendall([1, 1, 2], [1, 2, 3]) == pytest.approx(2 / (2 * 3) ** 0.5)
    assert spearman([1, 2, 3, 4], [1, 2, 4, 3]) == pytest.approx(0.8)
    assert spearman([1, 1, 1], [1, 2, 3]) == 0


def test_agreement_of_a_study_with_everything_in_full() -> None:
    everything = ladder(rules=Rules(keep=1.0, least=6))
    results, _ = carried_out(everything, EFFECTS, noise=0.0001, tier_noise=0.0001)
    (found,) = agreements(everything, results)
    assert (found.tier, found.variants, found.same_first) == (TENTH.name, 6, True)
    assert found.tau is not None and found.tau > 0.8
    assert found.rho is not None and found.rho > 0.8
    assert found.saving == pytest.approx(10)


def test_one_study_alone_convicts_no_tier() -> None:
    bad = Agreement("10 % of rows", 6, -0.2, -0.2, False, 8.0)
    assert trust_of([bad]) == {}
    assert trust_of([bad, bad])["10 % of rows"] == pytest.approx(-0.2)
    assert trust_of([bad, Agreement("10 % of rows", 2, None, None, True, 8.0)]) == {}


# --- stopping early ---------------------------------------------------------------------------------------


def curve(end: float, steps: int = 40) -> list[float]:
    return [end * (1 - 0.8**step) for step in range(1, steps + 1)]


def test_a_run_far_below_the_leader_is_stopped_and_a_near_one_is_not() -> None:
    leader = curve(0.9)
    assert cannot_win(curve(0.6, 20), leader, spread=0.01)
    assert not cannot_win(curve(0.89, 20), leader, spread=0.01)
    assert not cannot_win(curve(0.6, 8), leader, spread=0.01), "too early"
    assert not cannot_win(curve(0.6, 20), leader, spread=0.0), "nobody knows what a difference means"


def test_a_slow_starter_that_catches_up_is_not_stopped() -> None:
    leader = [0.9] * 40
    slow = [0.025 * step for step in range(1, 25)]
    assert not cannot_win(slow, leader, spread=0.01)


def test_median_rule() -> None:
    finished = [curve(end) for end in (0.7, 0.8, 0.9)]
    assert below_median(curve(0.4, 15), finished)
    assert not below_median(curve(0.85, 15), finished)
    assert not below_median(curve(0.4, 15), finished[:2]), "too few to have a median"
    assert not below_median(curve(0.4, 5), finished), "too early"


# --- what the script says of its data -----------------------------------------------------------------------

SCRIPTS = {
    "a column": (
        ("df = pd.read_csv('a.csv')\ny = df['price'].to_numpy()\nX = df.drop(columns=['price'])\nmodel.fit(X, y)\n"),
        DataRoles(target="price"),
    ),
    "through a split and a constant": (
        (
            "TARGET = 'sold'\ndf = pd.read_csv('a.csv')\ndf[TARGET] = df[TARGET].map({'y': 1, 'n': 0})\n"
            "X_tr, X_te, y_tr, y_te = train_test_split(df.drop(columns=[TARGET]), df[TARGET])\nmodel.fit(X_tr, y_tr)\n"
        ),
        DataRoles(target="sold"),
    ),
    "an attribute": (
        "df = pd.read_csv('a.csv')\ny = df.survived.values\nmodel.fit(df[['a']], y)\n",
        DataRoles(target="survived"),
    ),
    "made by the script": (
        "df = pd.read_csv('a.csv')\ndf['up'] = (df['price'] > 3).astype(int)\nmodel.fit(df[['a']], df['up'])\n",
        DataRoles(),
    ),
    "groups": (
        (
            "df = pd.read_csv('a.csv')\ng = df['patient']\nfor a, b in GroupKFold(5).split(X, df['y'], groups=g):\n"
            "    model.fit(X[a], df['y'][a])\n"
        ),
        DataRoles(target="y", group=("patient",)),
    ),
    "series": (
        (
            "df = pd.read_csv('a.csv')\nby = df.groupby(['shop', 'item'])['n']\ndf['lag'] = by.shift(1)\n"
            "train = df[df.day < '2020-01-01']\nmodel.fit(train[['lag']], train['n'])\n"
        ),
        DataRoles(target="n", group=("shop", "item")),
    ),
    "one series": (
        (
            "df = pd.read_csv('a.csv').sort_values('date')\ndf['lag'] = df['n'].shift(1)\ncut = int(len(df) * 0.8)\n"
            "train = df[:cut]\nmodel.fit(train[['lag']], train['n'])\n"
        ),
        DataRoles(target="n", ordered=True, time="date"),
    ),
    "joins": (
        "df = pd.read_csv('a.csv').merge(pd.read_csv('b.csv'), on='shop')\nmodel.fit(df[['a']], df['n'])\n",
        DataRoles(target="n", keys=("shop",)),
    ),
    "two parts": (
        (
            "data = np.load('a.npz')\nX, y = data['X'], data['labels']\n"
            "X_tr, X_te, y_tr, y_te = train_test_split(X, y)\n"
            "model.fit(X_tr, y_tr)\n"
        ),
        DataRoles(target="labels"),
    ),
}


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_columns_that_matter(name: str) -> None:
    text, expected = SCRIPTS[name]
    assert data_roles(analyse(Script.parse(text))) == expected


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("train, test = df[:5000], df[5000:]\n", 2),
        ("N = 4000\ntrain, test = df.iloc[:N, :], df.iloc[N:, :]\n", 3),
        ("df['lag'] = df.n.shift(1)\ntest = df[df.date >= '2020-01-01']\n", 3),
    ],
)
def test_what_forbids_to_take_rows_away(line: str, place: int) -> None:
    roles = data_roles(analyse(Script.parse("df = pd.read_csv('a.csv')\n" + line + "model.fit(train, df['n'])\n")))
    assert roles.obstacle.startswith(f"line {place} ")


def test_harmless_slices_forbid_nothing() -> None:
    text = "df = pd.read_csv('a.csv')\nprint(df[:10], df.columns[:500])\n"
    text += "short = [t[:500] for t in df.text]\nmodel.fit(df[['a']], df['n'])\n"
    assert data_roles(analyse(Script.parse(text))).obstacle == ""


def test_a_script_that_does_not_parse_has_no_roles() -> None:
    assert data_roles(analyse(Script.parse("def f(:\n"))) == DataRoles()
