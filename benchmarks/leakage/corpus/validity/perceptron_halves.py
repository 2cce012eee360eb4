# expect: none
"""Perceptron from scratch on the banknote data (exercise 3, with a held-out quarter)."""
import numpy as np

raw = np.loadtxt("data_banknote_authentication.txt", delimiter=",")
rng = np.random.default_rng(11)
raw = raw[rng.permutation(len(raw))]
cut = int(0.75 * len(raw))

learn, judge = raw[:cut], raw[cut:]
Xl, yl = learn[:, :4], np.where(learn[:, 4] > 0, 1, -1)
Xj, yj = judge[:, :4], np.where(judge[:, 4] > 0, 1, -1)

w = np.zeros(4)
b = 0.0
history = []
for epoch in range(40):
    for xi, yi in zip(Xl, yl):
        if yi * (xi @ w + b) <= 0:
            w += 0.1 * yi * xi
            b += 0.1 * yi
    seen = np.mean(np.sign(Xl @ w + b) == yl)
    history.append(seen)
    if epoch % 10 == 0:
        print(f"epoch {epoch}: training accuracy {seen:.3f}")

print("final training accuracy", history[-1])
print("held-out accuracy", np.mean(np.sign(Xj @ w + b) == yj))
