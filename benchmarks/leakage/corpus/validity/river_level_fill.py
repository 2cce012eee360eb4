"""Flood warning: does the gauge pass 3 m today?"""
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score, recall_score

gauge = pd.read_csv("gauge_kiel.csv", parse_dates=["date"]).set_index("date").sort_index()
upstream = pd.read_csv("gauge_upstream.csv", parse_dates=["date"]).set_index("date").sort_index()

river = gauge.join(upstream, rsuffix="_up").asfreq("D")
river["flood"] = (river["level"] > 3.0).astype(int)

# the upstream sensor fails for days at a time
river["level_up"] = river["level_up"].bfill()  # expect: L502
river["rain_3d"] = river["rain"].fillna(0).shift(1).rolling(3).sum()
river["level_1"] = river["level"].shift(1)
river["tomorrow_rain"] = river["rain"].shift(-1)  # expect: L502
river = river.dropna()

inputs = ["level_up", "rain_3d", "level_1", "tomorrow_rain"]
before, after = river.loc[:"2017-12-31"], river.loc["2018-01-01":]
rf = RandomForestClassifier(n_estimators=300, class_weight="balanced", random_state=0)
rf.fit(before[inputs], before["flood"])
alarm = rf.predict(after[inputs])
print("F1 %.3f, recall %.3f" % (f1_score(after["flood"], alarm), recall_score(after["flood"], alarm)))
