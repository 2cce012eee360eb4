N_FOLDS = 5
SEED = 2
TARGET = "price"
