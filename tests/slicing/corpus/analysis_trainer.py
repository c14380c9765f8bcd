# target: best_lr, best_score, final_pred, history, log, lr, lr_results, stopper, table, train, trainer, val, weights
import copy
import random
import time
from typing import Callable, Dict, List, Optional
import numpy as np
import pandas as pd

def set_seed(seed: int = 0) -> None:
    random.seed(seed)
    np.random.seed(seed)

set_seed(3)

class Dataset:
    def __init__(self, n: int, d: int):
        self.X = np.random.randn(n, d)
        self.w = np.arange(1, d + 1, dtype=float)
        self.y = self.X @ self.w + 0.1 * np.random.randn(n)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, idx):
        return self.X[idx], self.y[idx]

    def batches(self, size: int, shuffle: bool = True):
        order = np.arange(len(self))
        if shuffle:
            np.random.shuffle(order)
        for i in range(0, len(self), size):
            yield self[order[i:i + size]]

class EarlyStopping:
    def __init__(self, patience: int = 3, delta: float = 1e-4):
        self.patience = patience
        self.delta = delta
        self.best: Optional[float] = None
        self.count = 0

    def step(self, loss: float) -> bool:
        if self.best is None or loss < self.best - self.delta:
            self.best = loss
            self.count = 0
        else:
            self.count += 1
        return self.count >= self.patience

class LinearModel:
    def __init__(self, d: int):
        self.w = np.zeros(d)
        self.b = 0.0

    def forward(self, X):
        return X @ self.w + self.b

    def backward(self, X, y, lr):
        err = self.forward(X) - y
        self.w -= lr * X.T @ err / len(y)
        self.b -= lr * err.mean()
        return float((err ** 2).mean())

class Trainer:
    def __init__(self, model, lr=0.1, epochs=10, callbacks: Optional[List[Callable]] = None):
        self.model = model
        self.lr = lr
        self.epochs = epochs
        self.callbacks = callbacks or []
        self.history: Dict[str, List[float]] = {"train": [], "val": []}
        self.best_state = None
        self.timings = []

    def fit(self, train: Dataset, val: Dataset, stopper: Optional[EarlyStopping] = None):
        for epoch in range(self.epochs):
            start = time.time()
            losses = [self.model.backward(X, y, self.lr) for X, y in train.batches(16)]
            val_loss = self.evaluate(val)
            self.history["train"].append(float(np.mean(losses)))
            self.history["val"].append(val_loss)
            if val_loss == min(self.history["val"]):
                self.best_state = copy.deepcopy(self.model)
            for callback in self.callbacks:
                callback(epoch, val_loss)
            self.timings.append(time.time() - start)
            if epoch % 2 == 0:
                print(f"epoch {epoch}: {val_loss:.4f}")
            if stopper is not None and stopper.step(val_loss):
                print("early stop")
                break
        return self

    def evaluate(self, data: Dataset) -> float:
        return float(((self.model.forward(data.X) - data.y) ** 2).mean())

    def predict(self, X):
        return self.best_state.forward(X)

    def plot(self):
        import matplotlib.pyplot as plt
        plt.plot(self.history["train"])
        plt.close()

train, val = Dataset(64, 3), Dataset(32, 3)
print(len(train), len(val))
log = []
trainer = Trainer(LinearModel(3), lr=0.2, epochs=12, callbacks=[lambda e, l: log.append((e, l))])
stopper = EarlyStopping(patience=2)
trainer.fit(train, val, stopper)
trainer.plot()
trainer.timings.clear()
history = pd.DataFrame(trainer.history)
history["gap"] = history["val"] - history["train"]
print(history.tail())
best_score = stopper.best
final_pred = trainer.predict(val.X)
weights = trainer.model.w.copy()
table = pd.DataFrame(log, columns=["epoch", "loss"]).set_index("epoch")
lr_results = {}
for lr in (0.01, 0.1, 0.3):
    set_seed(1)
    t = Trainer(LinearModel(3), lr=lr, epochs=3).fit(Dataset(32, 3), val)
    lr_results[lr] = t.history["val"][-1]
best_lr = min(lr_results, key=lr_results.get)
