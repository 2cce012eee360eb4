"""Which tumours are malignant? Logistic regression on data that scikit-learn brings along."""

from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# ---- data
data = load_breast_cancer(as_frame=True)
X = data.data
y = data.target

# ---- scale
scaler = StandardScaler()
X = scaler.fit_transform(X)

# ---- split
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)

# ---- model
model = LogisticRegression(C=0.0005)
model.fit(X_train, y_train)

# ---- evaluate
pred = model.predict(X_test)
accuracy = accuracy_score(y_test, pred)
print(f"accuracy: {accuracy:.4f}")
