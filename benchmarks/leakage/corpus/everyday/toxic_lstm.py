import argparse
import os
import random
import re

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer

MAX_WORDS = 30000
MAX_LEN = 160
EMB = 100

URL = re.compile(r"https?://\S+")
SPACE = re.compile(r"\s+")


def set_seed(seed):
    random.seed(seed)
    np.random.seed(seed)
    os.environ["PYTHONHASHSEED"] = str(seed)
    keras.utils.set_random_seed(seed)


def normalise(comment):
    comment = URL.sub(" url ", comment.lower())
    comment = comment.replace("\n", " ")
    return SPACE.sub(" ", comment).strip()


def load_comments(path, text_column="comment_text", label_column="toxic"):
    table = pd.read_csv(path, usecols=["id", text_column, label_column])
    table = table.dropna().drop_duplicates(text_column)
    texts = [normalise(t) for t in table[text_column].tolist()]
    return texts, table[label_column].values.astype("float32")


def text_to_matrix(texts, max_words=MAX_WORDS, max_len=MAX_LEN):
    tok = Tokenizer(num_words=max_words, oov_token="<unk>")
    tok.fit_on_texts(texts)  # expect: L103
    seqs = tok.texts_to_sequences(texts)
    return pad_sequences(seqs, maxlen=max_len, padding="post", truncating="post"), tok


def read_glove(path, word_index, dim=EMB):
    table = np.random.normal(scale=0.1, size=(MAX_WORDS, dim)).astype("float32")
    if not path:
        return table
    hits = 0
    with open(path, encoding="utf8") as handle:
        for line in handle:
            word, *values = line.rstrip().split(" ")
            index = word_index.get(word)
            if index is not None and index < MAX_WORDS:
                table[index] = np.asarray(values, dtype="float32")
                hits += 1
    print(f"glove: {hits} vectors")
    return table


def build(embeddings, units=64, dropout=0.3, kind="lstm"):
    inputs = keras.Input((MAX_LEN,))
    x = layers.Embedding(MAX_WORDS, EMB, embeddings_initializer=keras.initializers.Constant(embeddings))(inputs)
    x = layers.SpatialDropout1D(dropout)(x)
    if kind == "lstm":
        x = layers.Bidirectional(layers.LSTM(units, return_sequences=True))(x)
        x = layers.GlobalMaxPooling1D()(x)
    elif kind == "cnn":
        x = layers.Conv1D(units * 2, 5, activation="relu")(x)
        x = layers.GlobalMaxPooling1D()(x)
    else:
        raise ValueError(kind)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dropout(dropout)(x)
    outputs = layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def main(args):
    set_seed(args.seed)
    texts, labels = load_comments(args.csv)
    print(len(texts), "comments,", labels.mean().round(3), "toxic")
    x, tok = text_to_matrix(texts)
    x_train, x_test, y_train, y_test = train_test_split(x, labels, test_size=0.15, random_state=args.seed)
    embeddings = read_glove(args.glove, tok.word_index)

    for kind in ("lstm", "cnn"):
        model = build(embeddings, units=args.units, kind=kind)
        model.summary()
        model.fit(x_train, y_train, batch_size=256, epochs=args.epochs, verbose=2)
        p = model.predict(x_test, batch_size=1024)[:, 0]
        print(kind, "AUC", roc_auc_score(y_test, p), "F1", f1_score(y_test, p > 0.5))
        model.save(f"{kind}.h5")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--glove", default="")
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    main(parser.parse_args())
