# expect: none
"""Direction of EUR/USD with smoothed prices and an SVM: only averages of the past."""
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

fx = pd.read_csv("eurusd_daily.csv", parse_dates=["Date"], index_col="Date").sort_index()
fx["smooth"] = fx["Close"].ewm(span=6, adjust=False).mean()
fx["smooth_diff"] = fx["smooth"].diff()
fx["smooth_diff2"] = fx["smooth_diff"].diff()
fx["range"] = fx["High"] - fx["Low"]
fx["high_20"] = fx["Close"] / fx["High"].rolling(20).max()
fx["low_all"] = fx["Close"] / fx["Low"].expanding().min()
fx["target"] = (fx["Close"].shift(-1) > fx["Close"]).astype(int)
fx = fx.dropna().iloc[:-1]

cols = ["smooth_diff", "smooth_diff2", "range", "high_20", "low_all"]
cut = int(len(fx) * 0.8)
past, later = fx.iloc[:cut - 1], fx.iloc[cut:]

svm = make_pipeline(StandardScaler(), SVC(C=1.0))
svm.fit(past[cols], past["target"])
print("hit rate: %.3f" % accuracy_score(later["target"], svm.predict(later[cols])))
