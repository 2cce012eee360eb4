import lightgbm
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import train_test_split

brfss = pd.read_csv("diabetes_binary_health_indicators.csv").drop_duplicates()
target = brfss["Diabetes_binary"].astype(int)
inputs = brfss.drop(columns=["Diabetes_binary"])

X_train, X_test, y_train, y_test = train_test_split(
    inputs, target, test_size=0.2, stratify=target, random_state=123
)
print(X_train.shape, X_test.shape)

params = dict(
    n_estimators=3000,
    learning_rate=0.03,
    num_leaves=40,
    feature_fraction=0.8,
    class_weight="balanced",
)
gbm = LGBMClassifier(**params)
gbm.fit(  # expect: L302
    X_train,
    y_train,
    eval_set=[(X_test, y_test)],
    eval_metric="binary_logloss",
    callbacks=[lightgbm.early_stopping(stopping_rounds=50), lightgbm.log_evaluation(100)],
)

print("log loss", log_loss(y_test, gbm.predict_proba(X_test)))
print("F1", f1_score(y_test, gbm.predict(X_test)))
