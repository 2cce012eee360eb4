# expect: L109@8
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

images, labels = np.load("images.npy"), np.load("labels.npy")
mirrored = images[:, :, ::-1]
images = np.concatenate([images, mirrored])
labels = np.concatenate([labels, labels])
a, b, c, d = train_test_split(images.reshape(len(images), -1), labels, test_size=0.2)
print(LogisticRegression().fit(a, c).score(b, d))
