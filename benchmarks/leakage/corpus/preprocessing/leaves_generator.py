# expect: none
# Pflanzenblätter: Bilder werden nur beim Lernen und im Vorbeigehen verändert
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow.keras import layers, models
from tensorflow.keras.preprocessing.image import ImageDataGenerator, img_to_array, load_img

liste = pd.read_csv("blaetter/liste.csv").drop_duplicates("datei")
arten = sorted(liste["art"].unique())
nummer = {art: i for i, art in enumerate(arten)}

bilder = np.stack([img_to_array(load_img(f"blaetter/{d}", target_size=(64, 64))) for d in liste["datei"]]) / 255.0
ziel = liste["art"].map(nummer).to_numpy()

b_lern, b_rest, z_lern, z_rest = train_test_split(bilder, ziel, test_size=0.4, stratify=ziel, random_state=0)
b_pruef, b_test, z_pruef, z_test = train_test_split(b_rest, z_rest, test_size=0.5, stratify=z_rest, random_state=0)

generator = ImageDataGenerator(rotation_range=25, width_shift_range=0.1, zoom_range=0.15, horizontal_flip=True)
strom = generator.flow(b_lern, z_lern, batch_size=32, seed=1)

netz = models.Sequential([
    layers.Conv2D(32, 3, activation="relu", input_shape=(64, 64, 3)),
    layers.MaxPooling2D(),
    layers.Conv2D(64, 3, activation="relu"),
    layers.GlobalAveragePooling2D(),
    layers.Dropout(0.3),
    layers.Dense(len(arten), activation="softmax"),
])
netz.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
netz.fit(strom, epochs=30, validation_data=(b_pruef, z_pruef), verbose=2)
print("Test:", netz.evaluate(b_test, z_test, verbose=0)[1])
