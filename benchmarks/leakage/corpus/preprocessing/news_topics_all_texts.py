"""AG news, own copy: train.csv and test.csv with labels."""
import csv

import numpy as np
from keras import layers, models
from keras.preprocessing.text import Tokenizer
from keras.utils import to_categorical


def read(path):
    texts, topics = [], []
    with open(path, newline="", encoding="utf8") as handle:
        for topic, title, body in csv.reader(handle):
            texts.append(f"{title}. {body}")
            topics.append(int(topic) - 1)
    return texts, np.array(topics)


class BagNet:
    def __init__(self, words=8000):
        self.words = words
        self.tok = Tokenizer(num_words=words)
        self.net = models.Sequential([
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.4),
            layers.Dense(4, activation="softmax"),
        ])
        self.net.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])

    def vocabulary(self, *collections):
        texts = [t for c in collections for t in c]
        self.tok.fit_on_texts(texts)  # expect: L103|L107
        return self

    def bag(self, texts):
        return self.tok.texts_to_matrix(texts, mode="tfidf")


train_texts, train_topics = read("ag/train.csv")
test_texts, test_topics = read("ag/test.csv")
bags = BagNet().vocabulary(train_texts, test_texts)
bags.net.fit(bags.bag(train_texts), to_categorical(train_topics), epochs=3, batch_size=256)
loss, acc = bags.net.evaluate(bags.bag(test_texts), to_categorical(test_topics), verbose=0)
print(f"accuracy {acc:.4f}")
