# expect: L101@15
import pandas as pd
from sklearn.linear_model import Lasso
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler

train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
ntrain = train.shape[0]
y = train.SalePrice.values
all_data = pd.concat((train, test)).reset_index(drop=True)
all_data.drop(["SalePrice"], axis=1, inplace=True)
all_data = pd.get_dummies(all_data)
scaled = RobustScaler().fit_transform(all_data)
X = scaled[:ntrain]
X_sub = scaled[ntrain:]
X_train, X_val, y_train, y_val = train_test_split(X, y)
lasso = Lasso().fit(X_train, y_train)
print(mean_squared_error(y_val, lasso.predict(X_val)))
