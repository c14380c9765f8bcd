# target: labels, chosen, centers, components, summary, inertia
import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import MinMaxScaler

points, truth = make_blobs(n_samples=90, centers=3, n_features=4, random_state=3)
table = pd.DataFrame(points, columns=[f"f{i}" for i in range(4)])
table["truth"] = truth
print(table.groupby("truth").mean())
scaled = MinMaxScaler().fit_transform(table.drop(columns="truth"))
pca = PCA(n_components=2)
components = pca.fit_transform(scaled)
print("explained", pca.explained_variance_ratio_)
inertia, silhouettes = [], []
for k in range(2, 5):
    kmeans = KMeans(n_clusters=k, n_init=2, random_state=0).fit(scaled)
    inertia.append(kmeans.inertia_)
    silhouettes.append(silhouette_score(scaled, kmeans.labels_))
    print(f"k={k}: {inertia[-1]:.2f} {silhouettes[-1]:.2f}")
chosen = int(np.argmax(silhouettes)) + 2
final = KMeans(n_clusters=chosen, n_init=2, random_state=0)
labels = final.fit_predict(scaled)
centers = final.cluster_centers_
distances = cdist(scaled, centers).min(axis=1)
table["cluster"] = labels
table["distance"] = distances
outliers = table[table["distance"] > table["distance"].quantile(0.95)]
print(len(outliers), "outliers")
summary = table.groupby("cluster")["distance"].agg(["mean", "max"])
summary = summary.rename(columns={"mean": "average"})
print(summary)
