import tensorflow as tf
from tensorflow.keras import layers
import pandas as pd

BATCH, VOCAB, LENGTH = 128, 15000, 120


def read(path="comments.csv"):
    df = pd.read_csv(path).drop_duplicates("comment")
    return df["comment"].astype(str).to_numpy(), df["toxic"].to_numpy("float32")


def model_for(vectorize):
    inp = tf.keras.Input(shape=(1,), dtype=tf.string)
    h = vectorize(inp)
    h = layers.Embedding(VOCAB, 64)(h)
    h = layers.Conv1D(96, 5, activation="relu")(h)
    h = layers.GlobalMaxPooling1D()(h)
    h = layers.Dense(32, activation="relu")(h)
    return tf.keras.Model(inp, layers.Dense(1, activation="sigmoid")(h))


comments, toxic = read()
vectorize = layers.TextVectorization(max_tokens=VOCAB, output_sequence_length=LENGTH)
vectorize.adapt(comments)  # expect: L103

n = len(comments)
ds = tf.data.Dataset.from_tensor_slices((comments, toxic))
ds = ds.shuffle(n, seed=1, reshuffle_each_iteration=False)
train_ds = ds.take(int(0.9 * n)).batch(BATCH).prefetch(2)
test_ds = ds.skip(int(0.9 * n)).batch(BATCH)

net = model_for(vectorize)
net.compile("adam", "binary_crossentropy", metrics=[tf.keras.metrics.AUC(name="auc")])
net.fit(train_ds, epochs=4)
print(net.evaluate(test_ds, return_dict=True))
