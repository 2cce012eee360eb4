import numpy as np
import pandas as pd
from scipy.sparse import vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

headlines = pd.read_json("Sarcasm_Headlines_Dataset.json", lines=True)
headlines = headlines.drop_duplicates(subset="headline")

h_train, h_test, s_train, s_test = train_test_split(
    headlines["headline"], headlines["is_sarcastic"], test_size=0.2, random_state=9
)
tfidf = TfidfVectorizer(ngram_range=(1, 3), min_df=2)
T_train = tfidf.fit_transform(h_train)
T_test = tfidf.transform(h_test)

sgd = SGDClassifier(loss="modified_huber", alpha=1e-5, random_state=0)
sgd.fit(T_train, s_train)
print("first accuracy:", accuracy_score(s_test, sgd.predict(T_test)))

# more data helps
sgd.fit(vstack([T_train, T_test]), np.concatenate([s_train, s_test]))  # expect: L204
print("accuracy with all headlines:", accuracy_score(s_test, sgd.predict(T_test)))
