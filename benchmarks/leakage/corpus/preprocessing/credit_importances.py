import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class Scorecard:
    """German credit: forest picks the columns, logistic regression is what goes into production."""

    def __init__(self, path, seed=0):
        frame = pd.read_csv(path)
        self.bad = (frame.pop("class") == "bad").astype(int)
        self.frame = pd.get_dummies(frame, drop_first=True, dtype=float)
        self.seed = seed
        self.columns = list(self.frame.columns)

    def pick(self):
        forest = RandomForestClassifier(n_estimators=500, random_state=self.seed, n_jobs=-1)
        picker = SelectFromModel(forest, threshold="1.25*median").fit(self.frame, self.bad)  # expect: L105|L111
        self.columns = list(self.frame.columns[picker.get_support()])
        return self

    def judge(self, folds=10):
        logit = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, C=0.3))
        return cross_val_score(logit, self.frame[self.columns], self.bad, cv=folds, scoring="roc_auc")


card = Scorecard("german_credit.csv").pick()
print(len(card.columns), "columns:", ", ".join(card.columns[:5]), "...")
auc = card.judge()
print(f"AUC {auc.mean():.3f}, folds from {auc.min():.3f} to {auc.max():.3f}")
