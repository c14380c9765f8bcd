# target: img
import numpy as np

img = np.zeros((2, 2))
pixels = img.ravel()
pixels[3] = 255
flat = img.flatten()
flat[0] = 9
print(flat)
