# expect: L101@18
import pandas as pd
from pathlib import Path
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
try:
    import mlflow
except ImportError:
    mlflow = None
DATA = Path("x")
def main():
    with open(DATA / "a.csv") as f:
        df = pd.read_csv(f)
    X, y = df.drop(columns="y"), df["y"]
    try:
        X = pd.DataFrame(StandardScaler().fit_transform(X), columns=X.columns, index=X.index)
    except ValueError as e:
        raise SystemExit(e)
    with mlflow.start_run():
        X_train, X_test, y_train, y_test = train_test_split(X, y)
        m = Ridge()
        m.fit(X_train, y_train)
        mlflow.log_metric("r2", r2_score(y_test, m.predict(X_test)))
if __name__ == "__main__":
    main()
