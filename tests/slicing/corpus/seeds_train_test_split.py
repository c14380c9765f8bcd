# target: X_train
import numpy as np
from sklearn.model_selection import train_test_split

np.random.seed(1)
X = np.arange(20).reshape(10, 2)
y = np.arange(10)
shuffled = np.random.permutation(y)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)
print(shuffled, X_test.shape)
