# target: back
import numpy as np

mm = np.memmap("data.bin", dtype="f8", mode="w+", shape=(4,))
mm[:] = [1, 2, 3, 4]
mm.flush()
size = mm.nbytes
back = np.fromfile("data.bin")
print(size)
