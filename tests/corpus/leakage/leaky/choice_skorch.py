# expect: L302@15
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from skorch import NeuralNetClassifier
from skorch.callbacks import EarlyStopping
from skorch.dataset import Dataset
from skorch.helper import predefined_split
from nets import Net
test_ds = Dataset(X_test, y_test)
net = NeuralNetClassifier(Net, max_epochs=50, callbacks=[EarlyStopping(patience=5)], train_split=predefined_split(test_ds))
net.fit(X_train, y_train)
print(accuracy_score(y_test, net.predict(X_test)))
