# expect: L109@14
import numpy as np
from PIL import Image
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

pictures, kinds = [], []
for kind, paths in enumerate(folders):
    for path in paths:
        with Image.open(path) as picture:
            pictures.append(np.asarray(picture.convert("L").resize((32, 32))))
        kinds.append(kind)
X, y = np.stack(pictures) / 255, np.array(kinds)
X, y = np.concatenate([X, np.fliplr(X)]), np.tile(y, 2)
X_train, X_test, y_train, y_test = train_test_split(X.reshape(len(X), -1), y, random_state=0)
model = RandomForestClassifier().fit(X_train, y_train)
print(model.score(X_test, y_test))
