# target: image
import numpy as np


def channel(picture, n):
    return picture[..., n]


image = np.zeros((2, 2, 3))
red = channel(image, 0)
blue = channel(image, 2).copy()
red[0, 0] = 9
blue[1, 1] = 4
print(blue)
