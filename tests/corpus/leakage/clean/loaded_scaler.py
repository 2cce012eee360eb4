# expect: none
import joblib, pandas as pd
from sklearn.metrics import accuracy_score
sc = joblib.load("sc.pkl"); model = joblib.load("m.pkl")
test = pd.read_csv("test.csv")
y = test.pop("y")
print(accuracy_score(y, model.predict(sc.transform(test))))
