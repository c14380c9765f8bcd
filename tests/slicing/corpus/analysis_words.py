# target: M, STOP, clf, clf_report, counter, cv, df, i, lda, sims, t, texts, tfidf_shape, top, topics, vec, vocab, words
import re, string
from collections import Counter
import numpy as np, pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer, CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.metrics import classification_report
from tqdm.auto import tqdm
tqdm.pandas()
texts = ["Good movie, loved it!", "terrible plot... bad", "loved the acting", "bad bad bad", "good plot and good acting"] * 3
df = pd.DataFrame({"text": texts})
df["label"] = df["text"].str.contains("good|loved", flags=re.I).astype(int)
STOP = {"the", "it", "and"}
def clean(t: str) -> str:
    t = t.lower().translate(str.maketrans("", "", string.punctuation))
    return " ".join(w for w in t.split() if w not in STOP)
df["clean"] = df["text"].progress_apply(clean)
df["len"] = df["clean"].str.split().apply(len)
counter = Counter()
df["clean"].str.split().apply(counter.update)
top = counter.most_common(3)
print(top)
vec = TfidfVectorizer(ngram_range=(1, 2))
M = vec.fit_transform(df["clean"])
tfidf_shape = M.shape
vocab = sorted(vec.vocabulary_, key=vec.vocabulary_.get)
sims = cosine_similarity(M[:2], M).round(3)
np.fill_diagonal(sims, 0)
clf = make_pipeline(CountVectorizer(), MultinomialNB())
clf.fit(df["clean"], df["label"])
clf_report = classification_report(df["label"], clf.predict(df["clean"]), output_dict=True)
STOP.add("movie")
df["clean2"] = df["text"].map(clean)
cv = CountVectorizer().fit(df["clean2"])
lda = LatentDirichletAllocation(2, random_state=0, max_iter=3).fit(cv.transform(df["clean2"]))
words = cv.get_feature_names_out()
topics = [[words[i] for i in comp.argsort()[:-3:-1]] for comp in lda.components_]
for i, t in enumerate(topics):
    print(i, t)
