# expect: L101@9
import pandas as pd
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.preprocessing import QuantileTransformer

df = pd.read_csv("bank.csv")
cols = [c for c in df.columns if c != "y"]
qt = QuantileTransformer()
df[cols] = qt.fit_transform(df[cols])
train = df.sample(frac=0.8, random_state=3)
test = df.drop(train.index)
lda = LinearDiscriminantAnalysis()
lda.fit(train[cols], train["y"])
print((lda.predict(test[cols]) == test["y"]).mean())
