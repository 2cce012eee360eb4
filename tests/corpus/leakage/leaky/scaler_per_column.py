# expect: L101@10
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
df = pd.read_csv("a.csv")
for col in ["age", "fare"]:
    sc = StandardScaler()
    df[col] = sc.fit_transform(df[[col]])
train, test = train_test_split(df, test_size=0.2)
y_train, y_test = train.pop("y"), test.pop("y")
m = LogisticRegression()
m.fit(train, y_train)
print(accuracy_score(y_test, m.predict(test)))
