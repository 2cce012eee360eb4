# expect: none
import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split


def contrast(image):
    return (image - image.mean()) / (image.std() + 1e-6)


faces, who = np.load("faces.npy"), np.load("who.npy")
faces = np.array([contrast(face).ravel() for face in faces])
X_train, X_test, y_train, y_test = train_test_split(faces, who)
print(SGDClassifier().fit(X_train, y_train).score(X_test, y_test))
