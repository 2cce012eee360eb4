# expect: none
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score, classification_report
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

cancer = load_breast_cancer(as_frame=True)
X = cancer.data
y = cancer.target

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=20)

scaler = StandardScaler()
X_train_scaled = scaler.fit_transform(X_train)
X_test_scaled = scaler.transform(X_test)

svc = SVC(kernel="rbf", C=1.0)
svc.fit(X_train_scaled, y_train)
print("SVM test accuracy: ", accuracy_score(y_test, svc.predict(X_test_scaled)))

# trees do not need the scaling
tree = DecisionTreeClassifier(max_depth=4, random_state=20)
tree.fit(X_train, y_train)
print("tree test accuracy:", accuracy_score(y_test, tree.predict(X_test)))
print(classification_report(y_test, svc.predict(X_test_scaled)))
