# expect: none
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import fetch_openml
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder


def build():
    wide = ["occupation", "sector"]
    columns = make_column_transformer(
        (TargetEncoder(target_type="continuous", random_state=0), wide),
        (OneHotEncoder(handle_unknown="ignore"), ["race", "sex", "marital", "union", "south"]),
        (StandardScaler(), make_column_selector(dtype_include="number")),
    )
    return make_pipeline(columns, Ridge(alpha=1.0))


def main():
    wages = fetch_openml("CPS_85_Wages", version=1, as_frame=True, parser="auto").frame
    wages.columns = [c.lower() for c in wages.columns]
    print(wages.groupby("occupation", observed=True)["wage"].agg(["mean", "count"]))
    hourly = wages["wage"].astype(float)
    known = wages.drop(columns=["wage"])
    r2 = cross_val_score(build(), known, hourly, cv=KFold(10, shuffle=True, random_state=0), scoring="r2")
    print("R2 by ten folds:", r2.round(2))
    print("mean:", r2.mean().round(3))


if __name__ == "__main__":
    main()
