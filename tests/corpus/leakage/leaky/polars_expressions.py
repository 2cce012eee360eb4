# expect: L104@8
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

data = (
    pl.read_csv("sensors.csv")
    .with_columns(((pl.col("volt") - pl.col("volt").mean()) / pl.col("volt").std()).alias("volt"))
    .with_columns(pl.col("temp").fill_null(0))
)
X = data.drop("faulty").to_numpy()
y = data["faulty"].to_numpy()
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
