from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score, classification_report
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

# data
cancer = load_breast_cancer(as_frame=True)
X = cancer.data
y = cancer.target
print(X.shape)
print(y.value_counts())

# split
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=20)

# feature scaling
scaler = StandardScaler()
X_train_scaled = scaler.fit_transform(X_train)

# model
svc = SVC(kernel="rbf", C=1.0)
svc.fit(X_train_scaled, y_train)

# evaluation
print("Test accuracy:", accuracy_score(y_test, svc.predict(X_test)))  # expect: L701
