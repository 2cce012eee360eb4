# expect: L108@10
"""Features and labels come out of a call that nobody can look into."""

import cohort
from imblearn.over_sampling import RandomOverSampler
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

X, y = cohort.matrices(year=2020)
X, y = RandomOverSampler().fit_resample(X, y)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y)
print(RandomForestClassifier().fit(X_train, y_train).score(X_test, y_test))
