"""Breast cancer, three metrics on one line."""
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC

data = load_breast_cancer()
X, y = data.data, data.target

scaler = MinMaxScaler()
X = scaler.fit_transform(X)
pca = PCA(n_components=10)
X = pca.fit_transform(X)

X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.3, random_state=3)

svm = SVC(C=2.0, gamma="scale", probability=True, random_state=3)
svm.fit(X_tr, y_tr)

y_hat = svm.predict(X_te)
y_prob = svm.predict_proba(X_te)[:, 1]

print(
    "acc=%.4f f1=%.4f auc=%.4f"
    % (accuracy_score(y_te, y_hat), f1_score(y_te, y_hat), roc_auc_score(y_te, y_prob))
)
