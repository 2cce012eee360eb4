# expect: none
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from tensorflow.keras.layers import Dense, Embedding, GlobalAveragePooling1D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer

df = pd.read_csv("t.csv")
train_x, test_x, train_y, test_y = train_test_split(df["text"], df["label"], test_size=0.2)
maxlen = max(len(t.split()) for t in train_x)
tok = Tokenizer(5000)
tok.fit_on_texts(train_x)
A = pad_sequences(tok.texts_to_sequences(train_x), maxlen=maxlen)
B = pad_sequences(tok.texts_to_sequences(test_x), maxlen=maxlen)
net = Sequential([Embedding(5000, 16), GlobalAveragePooling1D(), Dense(1, activation="sigmoid")])
net.compile("adam", "binary_crossentropy", metrics=["acc"])
net.fit(A, train_y, epochs=5, validation_split=0.1)
probs = net.predict(B)
print(accuracy_score(test_y, np.round(probs)))
