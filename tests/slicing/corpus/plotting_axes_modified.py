# target: heights
import matplotlib.pyplot as plt

values = [1, 3, 2]
fig, ax = plt.subplots(figsize=(3, 2))
bars = ax.bar(range(3), values)
bars[0].set_height(10)
ax.set_title("bars")
heights = [bar.get_height() for bar in bars]
values.append(5)
plt.close(fig)
print(len(values))
