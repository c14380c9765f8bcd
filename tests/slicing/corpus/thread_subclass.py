# target: result
import threading


class Job(threading.Thread):
    def __init__(self, n):
        super().__init__()
        self.n = n
        self.result = None

    def run(self):
        self.result = sum(range(self.n))


job = Job(5)
other = Job(3)
job.start()
other.start()
job.join()
other.join()
result = job.result
print(other.result)
