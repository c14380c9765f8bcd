# target: samples
class Holder:
    def __init__(self, data):
        self.data = data
        self.reads = 0


samples = [1, 2, 3]
holder = Holder(samples)
holder.reads += 1
holder.data.append(4)
print(holder.reads)
history = ["start"]
history.append("end")
