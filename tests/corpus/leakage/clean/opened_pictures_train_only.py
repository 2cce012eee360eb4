# expect: none
import numpy as np
from PIL import Image
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

X = np.stack([np.array(Image.open(path)) for path in paths]) / 255
y = np.array([kind_of(path) for path in paths])
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
X_train = np.concatenate([X_train, np.fliplr(X_train)])
y_train = np.tile(y_train, 2)
model = RandomForestClassifier().fit(X_train.reshape(len(X_train), -1), y_train)
print(model.score(X_test.reshape(len(X_test), -1), y_test))
