# target: shown
import numpy as np


class Box:
    def __init__(self, array):
        self.array = array

    def __repr__(self):
        return repr(self.array)


box = [Box(np.array([1.23456]))]
np.set_printoptions(precision=1)
shown = box.__repr__()
