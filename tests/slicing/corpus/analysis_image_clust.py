# target: Xs, best_k, centers, db, df, emb, inertias, iris, k, km, lab, labels, pca, scaler, sil, summary, y
import numpy as np, pandas as pd
import matplotlib.pyplot as plt
from mpl_toolkits.mplot3d import Axes3D
from sklearn.datasets import make_blobs, load_iris
from sklearn.cluster import KMeans, DBSCAN, AgglomerativeClustering
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.metrics import silhouette_score, adjusted_rand_score
from sklearn.preprocessing import StandardScaler, MinMaxScaler
iris = load_iris(as_frame=True)
df = iris.frame.copy()
df.columns = [c.replace(" (cm)", "").replace(" ", "_") for c in df.columns]
print(df.describe().T)
y = df.pop("target")
scaler = StandardScaler().fit(df)
Xs = pd.DataFrame(scaler.transform(df), columns=df.columns)
inertias, sil = [], {}
for k in range(2, 5):
    km = KMeans(n_clusters=k, n_init=2, random_state=0)
    lab = km.fit_predict(Xs)
    inertias.append(km.inertia_)
    sil[k] = silhouette_score(Xs, lab)
fig, ax = plt.subplots(1, 2, figsize=(10, 4))
ax[0].plot(range(2, 5), inertias, marker="o"); ax[0].set(xlabel="k", ylabel="inertia")
ax[1].plot(list(sil), list(sil.values()))
fig.tight_layout(); plt.show()
best_k = max(sil, key=sil.get)
km = KMeans(best_k, n_init=2, random_state=1).fit(Xs)
labels = km.labels_
centers = pd.DataFrame(scaler.inverse_transform(km.cluster_centers_), columns=df.columns)
pca = PCA(2, random_state=0)
emb = pca.fit_transform(Xs)
print("explained", pca.explained_variance_ratio_.sum())
plt.scatter(*emb.T, c=labels); plt.close()
db = DBSCAN(eps=.6).fit(Xs)
print("dbscan", set(db.labels_), adjusted_rand_score(y, db.labels_))
df["cluster"] = labels
summary = df.groupby("cluster").mean().round(2)
summary["n"] = df["cluster"].value_counts()
df["outlier"] = db.labels_ == -1
