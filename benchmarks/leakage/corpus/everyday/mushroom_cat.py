# expect: none
import pandas as pd
from catboost import CatBoostClassifier, Pool
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder


def pools(df, cats, label):
    le = LabelEncoder()
    y = le.fit_transform(df[label])
    X = df.drop(columns=label)
    for c in cats:
        X[c] = X[c].fillna("na").astype(str)
    X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=0.2, random_state=9)
    X_fit, X_es, y_fit, y_es = train_test_split(X_rest, y_rest, test_size=0.1, random_state=9)
    mk = lambda a, b: Pool(a, b, cat_features=cats)
    return mk(X_fit, y_fit), mk(X_es, y_es), mk(X_test, y_test), le


def main():
    df = pd.read_csv("secondary_data.csv", sep=";").drop_duplicates()
    label = "class"
    cats = [c for c in df.columns if df[c].dtype == object and c != label]
    fit, es, test, le = pools(df, cats, label)
    m = CatBoostClassifier(iterations=2000, learning_rate=0.1, od_type="Iter", od_wait=50, verbose=200)
    m.fit(fit, eval_set=es)
    p = m.predict_proba(test)
    print("classes", list(le.classes_))
    print("logloss", log_loss(test.get_label(), p))
    print("accuracy", accuracy_score(test.get_label(), p.argmax(1)))


if __name__ == "__main__":
    main()
