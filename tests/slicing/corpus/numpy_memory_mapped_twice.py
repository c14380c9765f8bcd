# target: total, created, changed, seen
import numpy as np

first = np.memmap("d.bin", dtype="int64", mode="w+", shape=(4,))
first[:] = 3
second = np.memmap("d.bin", dtype="int64", mode="r+")
second[3] = 1
second.flush()
total = int(first.sum())
made = np.lib.format.open_memmap("x.npy", mode="w+", dtype="float64", shape=(3,))
made[:] = 2
made.flush()
created = np.load("x.npy").tolist()
np.save("y.npy", np.zeros(3))
opened = np.load("y.npy", mmap_mode="r+")
opened[0] = 11
opened.flush()
changed = np.load("y.npy").tolist()
seen = np.load("y.npy", mmap_mode="r").sum()
