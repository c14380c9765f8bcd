# target: blurred, closed, summed, taken, clean, mean
import numpy as np
from scipy import ndimage

picture = np.arange(9.0).reshape(3, 3)
blurred = np.zeros((3, 3))
ndimage.gaussian_filter(picture, 1, 0, blurred)
closed = np.zeros((3, 3))
ndimage.grey_closing(picture, 3, None, None, closed)
summed = np.zeros(3)
picture.sum(0, None, summed)
taken = np.zeros(2)
np.take(picture[0], [1, 2], 0, taken)
clean = np.array([1.0, np.nan])
same = np.nan_to_num(clean, copy=False)
same[0] = 7.0
mean = clean.mean()
