# expect: none
"""Traffic flow: twelve five-minute steps ahead from the last hour, keras GRU."""
import numpy as np
import pandas as pd
from tensorflow import keras

N_IN, N_OUT = 12, 12


def make_windows(values):
    x, y = [], []
    for i in range(len(values) - N_IN - N_OUT + 1):
        x.append(values[i:i + N_IN])
        y.append(values[i + N_IN:i + N_IN + N_OUT])
    return np.array(x)[..., None], np.array(y)


flow = pd.read_csv("detector_400001.csv", parse_dates=["t"]).sort_values("t")["flow"].to_numpy(np.float32) / 1000.0
n = int(len(flow) * 0.8)
x_train, y_train = make_windows(flow[:n])
x_test, y_test = make_windows(flow[n:])

model = keras.Sequential([
    keras.layers.Input((N_IN, 1)),
    keras.layers.GRU(64),
    keras.layers.Dense(N_OUT),
])
model.compile("adam", "mae")
model.fit(x_train, y_train, epochs=25, batch_size=128, verbose=2)

error = np.abs(model.predict(x_test) - y_test).mean(axis=0) * 1000
for step in (2, 5, 11):
    print(f"MAE after {5 * (step + 1)} minutes: {error[step]:.1f} vehicles")
