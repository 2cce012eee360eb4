# Card fraud: balance, split, logistic regression
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, roc_auc_score
from sklearn.model_selection import train_test_split

cards = pd.read_csv("creditcard.csv")
cards = cards.drop_duplicates().drop(columns="Time")
cards["Amount"] = np.log1p(cards["Amount"])

is_fraud = cards["Class"]
signals = cards.drop("Class", axis=1)
print("before:", is_fraud.value_counts().to_dict())

sm = SMOTE(random_state=12)
signals_res, fraud_res = sm.fit_resample(signals, is_fraud)  # expect: L108
print("after: ", fraud_res.value_counts().to_dict())

X_train, X_test, y_train, y_test = train_test_split(signals_res, fraud_res, test_size=0.2, random_state=2)

logit = LogisticRegression(max_iter=2000)
logit.fit(X_train, y_train)
print(classification_report(y_test, logit.predict(X_test), digits=4))
print("ROC AUC", roc_auc_score(y_test, logit.decision_function(X_test)))
