# expect: none
import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("d.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y)
X_res, y_res = SMOTE().fit_resample(X_train, y_train)
rf = RandomForestClassifier().fit(X_res, y_res)
print(f1_score(y_test, rf.predict(X_test)))
print(cross_val_score(make_pipeline(StandardScaler(), SMOTE(), RandomForestClassifier()), X_train, y_train).mean())
