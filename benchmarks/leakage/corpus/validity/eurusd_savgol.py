"""Direction of EUR/USD with smoothed prices and an SVM."""
import numpy as np
import pandas as pd
from scipy.signal import savgol_filter
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

fx = pd.read_csv("eurusd_daily.csv", parse_dates=["Date"], index_col="Date").sort_index()
fx["smooth"] = savgol_filter(fx["Close"], window_length=11, polyorder=3)  # expect: L502
fx["smooth_diff"] = fx["smooth"].diff()
fx["smooth_diff2"] = fx["smooth_diff"].diff()
fx["range"] = fx["High"] - fx["Low"]
fx["rsi_up"] = fx["Close"].diff().clip(lower=0).rolling(14).mean()
fx["rsi_down"] = -fx["Close"].diff().clip(upper=0).rolling(14).mean()
fx["target"] = (fx["Close"].shift(-1) > fx["Close"]).astype(int)
fx = fx.dropna().iloc[:-1]

cols = ["smooth_diff", "smooth_diff2", "range", "rsi_up", "rsi_down"]
cut = int(len(fx) * 0.8)
past, later = fx.iloc[:cut - 1], fx.iloc[cut:]

svm = make_pipeline(StandardScaler(), SVC(C=1.0))
svm.fit(past[cols], past["target"])
print("hit rate: %.3f" % accuracy_score(later["target"], svm.predict(later[cols])))
