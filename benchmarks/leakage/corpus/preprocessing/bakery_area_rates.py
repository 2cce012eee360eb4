# expect: none
# Which shops will sell out?  Area rates come from last year's file, another set of rows.
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import log_loss

last_year = pd.read_csv("shops_2021.csv")
this_year = pd.read_csv("shops_2022.csv")

area_rate = last_year.groupby("area")["sold_out"].mean()
this_year["area_rate"] = this_year["area"].map(area_rate).fillna(last_year["sold_out"].mean())

this_year["seats_per_m2"] = this_year["seats"] / this_year["m2"]
this_year["corner"] = this_year["corner"].astype(int)
inputs = ["area_rate", "seats_per_m2", "corner", "m2", "staff"]

learn = this_year.sample(frac=0.75, random_state=11)
check = this_year.drop(learn.index)

kind_rate = learn.groupby("kind")["sold_out"].mean()
overall = learn["sold_out"].mean()
learn = learn.assign(kind_rate=learn["kind"].map(kind_rate))
check = check.assign(kind_rate=check["kind"].map(kind_rate).fillna(overall))
inputs.append("kind_rate")

rf = RandomForestClassifier(400, min_samples_leaf=4, random_state=0).fit(learn[inputs], learn["sold_out"])
print("log loss", round(log_loss(check["sold_out"], rf.predict_proba(check[inputs])[:, 1]), 3))
