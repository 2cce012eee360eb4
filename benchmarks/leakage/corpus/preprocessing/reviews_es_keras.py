# expect: none
# Reseñas de restaurantes: red convolucional. El vocabulario sale solo de las reseñas de entrenamiento.
import numpy as np
import pandas as pd
from keras import layers, models
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer
from sklearn.model_selection import train_test_split

PALABRAS = 12000
LARGO = 150

datos = pd.read_csv("resenas.csv").drop_duplicates(subset="texto")
datos = datos[datos["estrellas"] != 3]
positivo = (datos["estrellas"] > 3).astype(int)
longitudes = datos["texto"].str.split().str.len()
print("longitud media:", longitudes.mean())

entreno, prueba, y_entreno, y_prueba = train_test_split(
    datos["texto"], positivo, test_size=0.2, random_state=9, stratify=positivo
)

tok = Tokenizer(num_words=PALABRAS, oov_token="<desc>")
tok.fit_on_texts(entreno)


def secuencias(textos):
    return pad_sequences(tok.texts_to_sequences(textos), maxlen=LARGO, padding="post")


red = models.Sequential([
    layers.Embedding(PALABRAS, 64),
    layers.Conv1D(64, 5, activation="relu"),
    layers.GlobalMaxPooling1D(),
    layers.Dense(1, activation="sigmoid"),
])
red.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
red.fit(secuencias(entreno), np.asarray(y_entreno), epochs=4, batch_size=128,
        validation_data=(secuencias(prueba), np.asarray(y_prueba)))
print("exactitud:", red.evaluate(secuencias(prueba), np.asarray(y_prueba), verbose=0)[1])
