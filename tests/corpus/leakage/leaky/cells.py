# expect: L101@18
# %% [markdown]
# # Diabetes
# %%
import pandas as pd, numpy as np
from sklearn.preprocessing import *
from sklearn.model_selection import *
from sklearn.ensemble import *
from sklearn.metrics import *
# %%
data = pd.read_csv('diabetes.csv')
data.head()
# %%
X = data.iloc[:,0:8]
y = data.iloc[:,8]
# %%
sc = StandardScaler()
X = pd.DataFrame(sc.fit_transform(X), columns=X.columns)
# %%
xtrain,xtest,ytrain,ytest = train_test_split(X,y,test_size=0.3)
# %%
rf = RandomForestClassifier()
rf.fit(xtrain,ytrain)
ypred = rf.predict(xtest)
print(confusion_matrix(ytest,ypred))
