# target: a, masked, density, changed, matrix, kept, quantile, drawn, read, method, filled, chunks
import numpy as np
import scipy.stats as stats
import statsmodels.api as sm
from numpy.lib import recfunctions
from scipy.io import netcdf_file
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.metrics import pairwise_distances_chunked
from sklearn.utils.sparsefuncs import inplace_row_scale

a = np.array([[10, 7, 4], [3, 2, 1]])
quantile = np.quantile(a, 0.5, axis=1, overwrite_input=True)
masked = np.ma.array([1, 2, 3], mask=[False, True, False])
np.ma.put(masked, [1], [9])
density = stats.gaussian_kde(np.array([-7.0, -5, 1, 4, 5]))
density.set_bandwidth(bw_method="silverman")
changed = density(np.arange(3.0))
matrix = csr_matrix(np.array([[8.0, 1], [2, 5]]))
inplace_row_scale(matrix, np.array([2.0, 3.0]))
vectorizer = DictVectorizer()
vectorizer.fit([{"x": 1, "y": 2}, {"z": 3}])
vectorizer.restrict([True, False, True])
kept = list(vectorizer.get_feature_names_out())
np.random.seed(3)
process = sm.tsa.ArmaProcess(np.array([1, -0.5]), np.array([1, 0.3]))
drawn = process.generate_sample(4)
out = netcdf_file("simple.nc", "w")
out.createDimension("time", 3)
times = out.createVariable("time", "i", ("time",))
times[:] = np.arange(3) * 2
out.close()
with netcdf_file("simple.nc", "r", mmap=False) as stored:
    read = stored.variables["time"][:].tolist()


rng = np.random.default_rng(5)
method = stats.MonteCarloMethod(rng=rng, n_resamples=9)
stats.fisher_exact([[8, 2, 3], [1, 5, 4]], method=method)
filled = np.zeros(3, dtype=[("A", int), ("B", float)])
recfunctions.recursive_fill_fields(np.array([(1, 2.0)], dtype=filled.dtype), filled)
chunks = pairwise_distances_chunked(np.arange(6.0).reshape(3, 2), working_memory=0)
next(chunks)
next(chunks)
