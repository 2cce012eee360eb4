# expect: none
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import brier_score_loss, log_loss
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline

comments = pd.read_csv("jigsaw_train.csv", usecols=["comment_text", "toxic"])
comments = comments.drop_duplicates(subset="comment_text")

c_train, c_test, t_train, t_test = train_test_split(
    comments["comment_text"], comments["toxic"], test_size=0.2, stratify=comments["toxic"], random_state=55
)

nb = make_pipeline(TfidfVectorizer(min_df=5, sublinear_tf=True), ComplementNB())
calibrated = CalibratedClassifierCV(nb, method="isotonic", cv=5)
calibrated.fit(c_train, t_train)
p = calibrated.predict_proba(c_test)[:, 1]

print("Brier:   ", brier_score_loss(t_test, p))
print("log loss:", log_loss(t_test, p.clip(1e-6, 1 - 1e-6)))

frac, mean = calibration_curve(t_test, p, n_bins=10)
for f, m in zip(frac, mean):
    print(f"{m:.2f} -> {f:.2f}")
