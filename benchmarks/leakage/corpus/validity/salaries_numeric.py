import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TARGET = "salary"
jobs = pd.read_csv("salaries.csv").drop_duplicates()
jobs = jobs.dropna(subset=[TARGET])
jobs["years"] = jobs["years"].clip(0, 50)

numeric_features = jobs.select_dtypes(include="number").columns.tolist()  # expect: L401
categorical_features = jobs.select_dtypes(include="object").columns.tolist()

train_df, test_df = train_test_split(jobs, test_size=0.2, random_state=16)

preprocess = ColumnTransformer([
    ("num", Pipeline([("imp", SimpleImputer(strategy="median")), ("sc", StandardScaler())]), numeric_features),
    ("cat", OneHotEncoder(handle_unknown="ignore"), categorical_features),
])
model = Pipeline([("prep", preprocess), ("ridge", Ridge(alpha=1.0))])
model.fit(train_df, train_df[TARGET])

print("MAE: %.0f" % mean_absolute_error(test_df[TARGET], model.predict(test_df)))
