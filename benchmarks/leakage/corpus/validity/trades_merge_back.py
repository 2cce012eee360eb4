# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class TradeTable:
    """Trades with the last quote before them."""

    def __init__(self, trades, quotes):
        self.trades = pd.read_csv(trades, parse_dates=["ts"]).sort_values("ts")
        self.quotes = pd.read_csv(quotes, parse_dates=["ts"]).sort_values("ts")

    def build(self):
        both = pd.merge_asof(self.trades, self.quotes, on="ts", direction="backward", allow_exact_matches=False)
        both[["bid", "ask"]] = both[["bid", "ask"]].ffill()
        both["spread"] = both["ask"] - both["bid"]
        both["size_before"] = both["size"].shift(1)
        return both.dropna()


FEATURES = ["spread", "size_before"]
table = TradeTable("trades.csv", "quotes.csv").build()

day_cut = table["ts"].iloc[int(0.8 * len(table))]
train = table[table["ts"] < day_cut]
test = table[table["ts"] >= day_cut]

clf = make_pipeline(StandardScaler(), LogisticRegression())
clf.fit(train[FEATURES], train["buyer_initiated"])
print("AUC", roc_auc_score(test["buyer_initiated"], clf.predict_proba(test[FEATURES])[:, 1]))
