# target: ids
import random
import uuid

random.seed(100)
ids = [uuid.UUID(int=random.getrandbits(128)) for _ in range(2)]
label = str(ids[0])[:4]
flips = [random.choice("HT") for _ in range(3)]
print(label, flips)
