# target: values
import numpy as np

root = np.random.SeedSequence(12)
children = root.spawn(2)
streams = [np.random.default_rng(child) for child in children]
left = streams[0].random(2)
values = streams[1].random(2)
print(left)
