# expect: none
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

points = make_moons(n_samples=400, noise=0.3, random_state=1)
fit_x, held_x, fit_y, held_y = train_test_split(*points, test_size=0.25, random_state=1)
machine = SVC().fit(fit_x, fit_y)
print("held out:", machine.score(held_x, held_y))
