import pandas as pd
from sklearn.calibration import calibration_curve
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.naive_bayes import ComplementNB

comments = pd.read_csv("jigsaw_train.csv", usecols=["comment_text", "toxic"])
comments = comments.drop_duplicates(subset="comment_text")

c_train, c_test, t_train, t_test = train_test_split(
    comments["comment_text"], comments["toxic"], test_size=0.2, stratify=comments["toxic"], random_state=55
)

nb = make_pipeline(TfidfVectorizer(min_df=5, sublinear_tf=True), ComplementNB())
nb.fit(c_train, t_train)
raw = nb.predict_proba(c_test)[:, 1]
print("Brier before:", brier_score_loss(t_test, raw))

iso = IsotonicRegression(out_of_bounds="clip")
iso.fit(raw, t_test)  # expect: L304|L204
calibrated = iso.predict(raw)

print("Brier after: ", brier_score_loss(t_test, calibrated))
print("log loss:    ", log_loss(t_test, calibrated.clip(1e-6, 1 - 1e-6)))
print(calibration_curve(t_test, calibrated, n_bins=10))
