# target: pipe, vocabulary, counts, predictions, cleaned, top
import re
import string
from collections import Counter

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import confusion_matrix
from sklearn.pipeline import Pipeline

STOP = {"the", "a", "is"}
docs = [
    ("The cat is a happy animal!", "pos"),
    ("A dog is the worst, really...", "neg"),
    ("happy happy dog", "pos"),
    ("worst cat ever", "neg"),
]
df = pd.DataFrame(docs, columns=["text", "label"])
print(df.label.value_counts())


def clean(text):
    text = text.lower()
    text = re.sub(rf"[{string.punctuation}]", "", text)
    words = [word for word in text.split() if word not in STOP]
    return " ".join(words)


df["clean"] = df["text"].apply(clean)
df["length"] = df["clean"].str.len()
cleaned = df["clean"].tolist()
counts = Counter()
for text in cleaned:
    counts.update(text.split())
print(counts.most_common(3))
top = [word for word, count in counts.most_common(2)]
pipe = Pipeline(
    [
        ("tfidf", TfidfVectorizer(ngram_range=(1, 2))),
        ("model", SGDClassifier(random_state=0, max_iter=50)),
    ]
)
pipe.fit(df["clean"], df["label"])
vocabulary = pipe.named_steps["tfidf"].vocabulary_
print(len(vocabulary), "words")
predictions = pipe.predict(["happy cat", "worst dog"])
matrix = confusion_matrix(df["label"], pipe.predict(df["clean"]))
print(matrix)
for doc, guess in zip(["happy cat", "worst dog"], predictions):
    print(doc, "->", guess)
