# target: loaded
import json


class Repo:
    def __init__(self, path):
        self.path = path

    def save(self, data):
        with open(self.path, "w") as f:
            json.dump(data, f)

    def load(self):
        with open(self.path) as f:
            return json.load(f)


repo, spare = Repo("a.json"), Repo("b.json")
repo.save({"v": 1})
spare.save({"v": 100})
early = repo.load()
repo.save({"v": 2})
loaded = repo.load()
print(early)
