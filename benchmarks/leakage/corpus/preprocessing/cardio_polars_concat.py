import polars as pl
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score

"""Cardio screening: clinic A to learn from, clinic B to judge; both files carry the outcome."""

LAB = ["ap_hi", "ap_lo", "cholesterol", "gluc", "bmi"]


def clinic(name: str) -> pl.DataFrame:
    return (
        pl.read_csv(f"clinic_{name}.csv")
        .with_columns((pl.col("weight") / (pl.col("height") / 100) ** 2).alias("bmi"))
        .select([*LAB, "cardio"])
        .with_columns(pl.lit(name).alias("clinic"))
    )


def main() -> None:
    a, b = clinic("a"), clinic("b")
    print("nulls:", a.null_count().row(0), b.null_count().row(0))
    joined = pl.concat([a, b])
    joined = joined.with_columns(pl.col(LAB).fill_null(pl.col(LAB).median()))  # expect: L107|L102
    joined = joined.with_columns((pl.col("ap_hi") - pl.col("ap_lo")).alias("pulse_pressure"))

    a = joined.filter(pl.col("clinic") == "a")
    b = joined.filter(pl.col("clinic") == "b")
    x = [*LAB, "pulse_pressure"]
    forest = RandomForestClassifier(n_estimators=250, min_samples_leaf=3, random_state=0)
    forest.fit(a.select(x).to_numpy(), a["cardio"].to_numpy())
    said = forest.predict(b.select(x).to_numpy())
    print(f"accuracy in clinic B: {accuracy_score(b['cardio'].to_numpy(), said):.3f}")


main()
