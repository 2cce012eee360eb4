# expect: none
import pandas as pd
from catboost import CatBoostClassifier, Pool
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split

NAMES = [
    "age", "workclass", "fnlwgt", "education", "education_num", "marital", "occupation",
    "relationship", "race", "sex", "gain", "loss", "hours", "country", "income",
]

adult = pd.read_csv("adult.data", names=NAMES, skipinitialspace=True)
adult = adult.drop(columns=["fnlwgt", "education_num"]).drop_duplicates()
label = (adult.pop("income") == ">50K").astype(int)
cats = list(adult.select_dtypes("object").columns)

A_train, A_test, l_train, l_test = train_test_split(adult, label, test_size=0.2, random_state=0)
pool_train = Pool(A_train, l_train, cat_features=cats)
pool_test = Pool(A_test, l_test, cat_features=cats)

cb = CatBoostClassifier(iterations=600, learning_rate=0.1, eval_metric="AUC", verbose=200, random_seed=0)
cb.fit(pool_train, eval_set=pool_test, use_best_model=False)

p = cb.predict_proba(pool_test)[:, 1]
print("AUC %.4f" % roc_auc_score(l_test, p))
print("accuracy %.4f" % accuracy_score(l_test, p > 0.5))
