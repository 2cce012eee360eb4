"""Churn model behind a click command."""
import click
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def read_customers(path):
    """One row a customer."""
    frame = pd.read_csv(path, parse_dates=["joined"])
    return frame


def add_tenure(frame):
    frame = frame.copy()
    frame["tenure_days"] = (pd.Timestamp("2024-01-01") - frame["joined"]).dt.days
    frame["calls_per_day"] = frame["calls"] / frame["tenure_days"].clip(lower=1)
    return frame


@click.group()
def cli():
    pass


@cli.command()
@click.option("--path", default="churn.csv", help="table of customers")
@click.option("--c", "strength", type=float, default=1.0)
@click.option("--test-size", type=float, default=0.3)
def train(path, strength, test_size):
    frame = add_tenure(read_customers(path))
    features = frame.drop(columns=["churned", "joined", "customer_id"])
    target = frame["churned"]
    x_train, x_test, y_train, y_test = train_test_split(
        features, target, test_size=test_size, random_state=7, stratify=target
    )
    model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))
    model.fit(x_train, y_train)
    auc = roc_auc_score(y_test, model.predict_proba(x_test)[:, 1])
    click.echo(f"test AUC: {auc:.4f}")


if __name__ == "__main__":
    cli()
