# expect: none
# Phishing sites: choose columns from the first part, judge on the last
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_selection import RFE
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

DOMAIN_KNOWN = ["SSLfinal_State", "URL_of_Anchor", "web_traffic", "having_Sub_Domain", "Prefix_Suffix"]

sites = pd.read_csv("phishing.csv").drop_duplicates()
sites = sites.sample(frac=1, random_state=60).reset_index(drop=True)
n = int(len(sites) * 0.8)
first, last = sites.iloc[:n], sites.iloc[n:]

candidates = [c for c in sites.columns if c != "Result"]

importance = pd.Series(
    ExtraTreesClassifier(200, random_state=0).fit(first[candidates], first["Result"]).feature_importances_,
    index=candidates,
)
short = importance.nlargest(15).index.tolist()
rfe = RFE(LogisticRegression(max_iter=1000), n_features_to_select=9).fit(first[short], first["Result"])
columns = [c for c, s in zip(short, rfe.support_) if s]
columns = sorted(set(columns) | set(DOMAIN_KNOWN))

logit = LogisticRegression(max_iter=1000).fit(first[columns], first["Result"])
print(f"{len(columns)} columns, accuracy {accuracy_score(last['Result'], logit.predict(last[columns])):.4f}")
