# expect: none
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint
from tensorflow.keras.layers import Bidirectional, Dense, Embedding, GRU
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer

MAXLEN, VOCAB = 200, 20000


class Corpus:
    def __init__(self, path):
        df = pd.read_csv(path)
        df = df.drop_duplicates("review")
        df["review"] = df["review"].str.lower().str.replace("<br />", " ", regex=False)
        lab = (df["sentiment"] == "positive").astype(int).values
        rest, self.te, rest_y, self.yte = train_test_split(df["review"].values, lab, test_size=0.2, random_state=3)
        self.tr, self.va, self.ytr, self.yva = train_test_split(rest, rest_y, test_size=0.15, random_state=3)
        self.tok = Tokenizer(num_words=VOCAB, oov_token="<unk>")

    def encode(self, texts, fit=False):
        if fit:
            self.tok.fit_on_texts(texts)
        return pad_sequences(self.tok.texts_to_sequences(texts), maxlen=MAXLEN)

    def arrays(self):
        a = self.encode(self.tr, fit=True)
        return a, self.encode(self.va), self.encode(self.te)


def network():
    m = Sequential([Embedding(VOCAB, 64), Bidirectional(GRU(32)), Dense(16, activation="relu"), Dense(1, activation="sigmoid")])
    m.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return m


c = Corpus("IMDB Dataset.csv")
a, v, t = c.arrays()
net = network()
net.fit(
    a,
    c.ytr,
    epochs=12,
    batch_size=128,
    validation_data=(v, c.yva),
    callbacks=[EarlyStopping(patience=2, restore_best_weights=True), ModelCheckpoint("gru.keras", save_best_only=True)],
)
loss, acc = net.evaluate(t, c.yte, verbose=0)
print("test loss", loss, "test acc", acc)
