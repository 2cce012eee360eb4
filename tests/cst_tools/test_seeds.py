"""Seeds: found at their definition, each literal once, and nothing that only looks like one."""

import pytest

from cst_tools.script import Script
from cst_tools.seeds import find_seeds, is_seed_name


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("train_test_split(X, y, random_state=42)", [42]),
        ("SEED = 42\nmodel = RF(random_state=SEED)", [42]),
        ("np.random.seed(0); random.seed(1); torch.manual_seed(2); tf.random.set_seed(3)", [0, 1, 2, 3]),
        ("rng = np.random.default_rng(7)\nold = np.random.RandomState(8)", [7, 8]),
        ("torch.Generator().manual_seed(9)\ntorch.cuda.manual_seed_all(10)", [9, 10]),
        ("params = {'seed': 5, 'random_state': 6, 'bagging_seed': 7, 'depth': 3}", [5, 6, 7]),
        ("p.add_argument('--seed', type=int, default=11)", [11]),
        ("@click.option('--random-seed', default=12)\ndef main(random_seed): pass", [12]),
        ("def seed_everything(seed=13): np.random.seed(seed)\nseed_everything(14)", [13, 14]),
        ("class C:\n    seed: int = 15\ncfg.seed = 16", [15, 16]),
        ("for seed in (1, 2, 3): run(seed)", [1, 2, 3]),
        ("SEEDS = [4, 5]", [4, 5]),
        ("pipe.set_params(clf__random_state=3)", [3]),
        ("os.environ['PYTHONHASHSEED'] = '0'\nseed = int(os.environ.get('SEED', 4))", [4]),
        ("model = LGBM(random_state=0x2A)", [42]),
        # not seeds, not integers, not literals
        ("n_seeds = 3\nseeded = 4\nrandom_state=None\nKFold(5, shuffle=True)", []),
        ("RF(random_state=None); RF(random_state=True); f(seed=1.5); f(seed='a')", []),
        ("print(f'seed={3}')", []),
        ("RF(random_state=-1)", []),
        ("x = (", []),
    ],
)
def test_found(code: str, values: list[int]) -> None:
    script = Script.parse(code + "\n")
    seeds = find_seeds(script)
    assert [seed.value for seed in seeds] == values
    assert all(int(script.slice(seed.span), 0) == seed.value for seed in seeds)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("seed", True),
        ("RANDOM_STATE", True),
        ("--seed", True),
        ("randomState", True),
        ("cv_seed", True),
        ("n_seed", False),
        ("seeds_used_file", False),
        ("speed", False),
        ("reseeded", False),
    ],
)
def test_names(name: str, expected: bool) -> None:
    assert is_seed_name(name) is expected
