# expect: L108@9
from imblearn.over_sampling import SMOTE
from sklearn.datasets import fetch_openml
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split

X, y = fetch_openml("creditcard", return_X_y=True)
X_res, y_res = SMOTE(random_state=0).fit_resample(X, y)
X_train, X_test, y_train, y_test = train_test_split(X_res, y_res, random_state=0)
et = ExtraTreesClassifier().fit(X_train, y_train)
print(recall_score(y_test, et.predict(X_test)))
