import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

# Hail damage per greenhouse (cross-section, one survey)
survey = pd.read_csv("greenhouses.csv", index_col="nr")
survey["glass"] = survey["glass"].map({"single": 0, "double": 1, "poly": 2})
damaged = survey.pop("damaged")

train_x, test_x, train_y, test_y = train_test_split(survey, damaged, test_size=0.3, random_state=64)

# do the clean-up once for both parts
n = len(train_x)
whole = pd.concat([train_x, test_x], axis=0)
imputer = SimpleImputer(strategy="median")
whole_values = imputer.fit_transform(whole)  # expect: L107|L102
scaler = MinMaxScaler().fit(whole_values)  # expect: L107|L101
whole_values = scaler.transform(whole_values)
train_v, test_v = whole_values[:n], whole_values[n:]

rf = RandomForestClassifier(n_estimators=200, class_weight="balanced", random_state=0)
rf.fit(train_v, train_y)
print("F1", round(f1_score(test_y, rf.predict(test_v)), 3))
print("missing before:", int(whole.isna().sum().sum()))
