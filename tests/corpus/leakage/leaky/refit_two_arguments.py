# expect: L110@9
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC
def preprocess(X_train, X_test):
    sc = MinMaxScaler()
    X_train = sc.fit_transform(X_train)
    X_test = sc.fit_transform(X_test)
    return X_train, X_test
def main():
    df = pd.read_csv("a.csv")
    X_train, X_test, y_train, y_test = train_test_split(df.drop(columns=["y"]), df["y"])
    X_train, X_test = preprocess(X_train, X_test)
    svc = SVC().fit(X_train, y_train)
    print(svc.score(X_test, y_test))
main()
