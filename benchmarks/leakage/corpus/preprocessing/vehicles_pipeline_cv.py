# expect: none
from sklearn.datasets import fetch_openml
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, QuantileTransformer, StandardScaler
from sklearn.svm import SVC

# Silhouettes of vehicles: three recipes by the same folds
MODELS = {
    "logit": make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
    "pca+svc": make_pipeline(StandardScaler(), PCA(0.95), SVC(C=10)),
    "quantile+svc": make_pipeline(QuantileTransformer(n_quantiles=200), SVC(C=10)),
}


def main():
    bunch = fetch_openml("vehicle", version=1, as_frame=True, parser="auto")
    shapes = bunch.data.astype(float)
    vehicle = LabelEncoder().fit_transform(bunch.target)
    shapes["elongation"] = shapes.iloc[:, 0] / (shapes.iloc[:, 1] + 1)
    cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=3, random_state=0)
    for name, model in MODELS.items():
        acc = cross_val_score(model, shapes, vehicle, cv=cv, n_jobs=-1)
        print(f"{name:14s} {acc.mean():.3f} +- {acc.std():.3f}")


if __name__ == "__main__":
    main()
