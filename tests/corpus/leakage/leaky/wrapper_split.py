# expect: L101@25
import argparse
import pandas as pd
from sklearn import metrics, model_selection, preprocessing, tree


def get_args():
    p = argparse.ArgumentParser()
    p.add_argument("--data", default="d.csv")
    p.add_argument("--scale", action="store_true")
    return p.parse_args()


def make_sets(df, target="y", **kw):
    feats = df.drop(target, axis=1)
    parts = model_selection.train_test_split(feats, df[target], **kw)
    return parts


def main():
    args = get_args()
    df = pd.read_csv(args.data)
    if args.scale:
        num = df.select_dtypes("number").columns.difference(["y"])
        df[num] = preprocessing.MinMaxScaler().fit_transform(df[num])
    x1, x2, t1, t2 = make_sets(df, test_size=0.3)
    dt = tree.DecisionTreeRegressor()
    dt.fit(x1, t1)
    print("MAE", metrics.mean_absolute_error(t2, dt.predict(x2)))


main()
