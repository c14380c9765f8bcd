# target: size
import matplotlib as mpl
import matplotlib.pyplot as plt

mpl.rcParams["figure.figsize"] = [3, 2]
mpl.rcParams["font.size"] = 7
fig = plt.figure()
ax = fig.add_subplot()
ax.plot([1, 2], [3, 4])
size = tuple(float(v) for v in fig.get_size_inches())
plt.close(fig)
print("done")
