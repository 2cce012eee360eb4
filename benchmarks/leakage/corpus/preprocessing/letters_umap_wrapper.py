import numpy as np
import umap
from sklearn.datasets import fetch_openml
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split


def holdout(*arrays, share=0.2, seed=0):
    """Like train_test_split, but returns two lists."""
    flat = train_test_split(*arrays, test_size=share, random_state=seed)
    return flat[0::2], flat[1::2]


class Manifold:
    def __init__(self, dim):
        self.reducer = umap.UMAP(n_components=dim, n_neighbors=20, random_state=1)

    def __call__(self, pixels):
        return self.reducer.fit_transform(pixels)  # expect: L101


def kuzushiji(n):
    pixels, kind = fetch_openml("Kuzushiji-MNIST", version=1, return_X_y=True, as_frame=False, parser="auto")
    some = np.random.default_rng(0).choice(len(kind), n, replace=False)
    return pixels[some] / 255.0, kind[some].astype(int)


if __name__ == "__main__":
    pixels, kind = kuzushiji(12_000)
    flat = Manifold(dim=5)(pixels)
    (flat_in, kind_in), (flat_out, kind_out) = holdout(flat, kind)
    forest = RandomForestClassifier(300, n_jobs=-1, random_state=0).fit(flat_in, kind_in)
    print("accuracy in five dimensions:", accuracy_score(kind_out, forest.predict(flat_out)))
