import numpy as np
import pandas as pd
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from xgboost import XGBClassifier

members = pd.read_csv("gym_members.csv")
members = members.drop(columns=["member_no", "name"]).drop_duplicates()

members["left"] = members["status"].eq("cancelled").astype(int)
members["form_sent"] = members["cancellation_date"].notna().astype(int)  # expect: L402
members["far_away"] = (members["distance_km"] > 10).astype(int)
members["with_friend"] = members["referred_by"].notna().astype(int)
members["weekly_visits"] = members["visits"] / members["weeks"].clip(lower=1)

columns = ["age", "form_sent", "far_away", "with_friend", "weekly_visits", "contract_months"]
A, B, left_a, left_b = train_test_split(members[columns], members["left"], test_size=0.3, random_state=18)

xgb = XGBClassifier(n_estimators=150, max_depth=3, learning_rate=0.1)
xgb.fit(A, left_a)
print("F1 = %.3f" % f1_score(left_b, xgb.predict(B)))

order = np.argsort(xgb.feature_importances_)[::-1]
for i in order:
    print(columns[i], round(float(xgb.feature_importances_[i]), 3))
