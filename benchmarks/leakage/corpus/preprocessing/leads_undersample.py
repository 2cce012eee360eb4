# expect: none
"""Sales leads. The huge negative class is thinned out once, without putting anything back."""
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

CHANNELS = ["web", "fair", "phone", "partner"]


def thin_out(leads: pd.DataFrame, ratio: int, seed: int) -> pd.DataFrame:
    won = leads[leads["won"] == 1]
    lost = leads[leads["won"] == 0].sample(n=ratio * len(won), replace=False, random_state=seed)
    return pd.concat([won, lost]).sample(frac=1.0, random_state=seed)


def table(leads: pd.DataFrame) -> pd.DataFrame:
    out = leads[["employees", "visits", "mails_opened"]].copy()
    out["mails_opened"] = out["mails_opened"].clip(upper=50)
    for channel in CHANNELS:
        out[channel] = (leads["channel"] == channel).astype(int)
    return out


def main() -> None:
    leads = pd.read_feather("leads.feather").drop_duplicates()
    print("won:", leads["won"].mean())
    leads = thin_out(leads, ratio=4, seed=3)
    t_fit, t_check, w_fit, w_check = train_test_split(
        table(leads), leads["won"], test_size=0.3, random_state=3, stratify=leads["won"]
    )
    gbc = GradientBoostingClassifier(n_estimators=120, max_depth=3, random_state=0).fit(t_fit, w_fit)
    print("AUC (1:4 mix):", round(roc_auc_score(w_check, gbc.predict_proba(t_check)[:, 1]), 3))


if __name__ == "__main__":
    main()
