import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder
from sklearn.svm import SVR
from sklearn.neighbors import KNeighborsRegressor
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.models import Sequential

# ----------------------------------------------------------------------------
# stations.csv: one row for each station with its surroundings and the mean
# number of rentals a day (target)
# ----------------------------------------------------------------------------
NUM = ["population_500m", "jobs_500m", "dist_center", "dist_metro", "altitude", "docks", "cycleway_km"]
CAT = ["district_type", "land_use"]


def load_data(fn="stations.csv"):
    df = pd.read_csv(fn).dropna()
    df = df.drop_duplicates(subset="station_id")
    return df


def show(df):
    fig, axes = plt.subplots(2, 4, figsize=(16, 7))
    for ax, c in zip(axes.ravel(), NUM):
        ax.scatter(df[c], df["rentals"], s=4)
        ax.set_xlabel(c)
    fig.tight_layout()
    fig.savefig("scatter.png")
    print(df[NUM].corr().round(2))


def scale(part):
    """numeric columns to [0, 1]"""
    mm = MinMaxScaler()
    return mm.fit_transform(part[NUM])  # expect: L110


def onehot(train, test):
    enc = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return enc.fit_transform(train[CAT]), enc.transform(test[CAT])


def make_net(n_in):
    net = Sequential()
    net.add(Dense(64, activation="relu", input_shape=(n_in,)))
    net.add(Dropout(0.2))
    net.add(Dense(32, activation="relu"))
    net.add(Dense(1))
    net.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return net


def prepare(df, seed):
    train, test = train_test_split(df, test_size=0.25, random_state=seed)
    c_train, c_test = onehot(train, test)
    X_train = np.hstack([scale(train), c_train])
    X_test = np.hstack([scale(test), c_test])
    return X_train, X_test, train["rentals"].values, test["rentals"].values


def evaluate(name, y, p):
    print("%-6s MAE %.2f  R2 %.3f" % (name, mean_absolute_error(y, p), r2_score(y, p)))


if __name__ == "__main__":
    df = load_data()
    show(df)
    X_train, X_test, y_train, y_test = prepare(df, seed=4)

    svr = SVR(C=50).fit(X_train, y_train)
    evaluate("svr", y_test, svr.predict(X_test))

    knn = KNeighborsRegressor(7).fit(X_train, y_train)
    evaluate("knn", y_test, knn.predict(X_test))

    net = make_net(X_train.shape[1])
    hist = net.fit(X_train, y_train, epochs=200, batch_size=16, verbose=0)
    plt.figure()
    plt.plot(hist.history["loss"])
    plt.yscale("log")
    plt.savefig("loss.png")
    evaluate("mlp", y_test, net.predict(X_test).ravel())

    base = np.full_like(y_test, y_train.mean(), dtype=float)
    evaluate("mean", y_test, base)
