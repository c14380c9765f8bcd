# target: rows, pairs, direct, doubled
import pandas as pd
import tqdm
import tqdm.contrib

rows = [[1], [2]]
for number, row in tqdm.contrib.tenumerate(rows, disable=True):
    row.append(number)
pairs = [[1], [2]]
for pair, _ in tqdm.contrib.tzip(pairs, [1, 2], disable=True):
    pair.append(3)
direct = [[1], [2]]
for part in tqdm.tqdm(direct, disable=True):
    part.append(7)
tqdm.tqdm.pandas(disable=True)
doubled = pd.Series([1, 2]).progress_apply(lambda value: value * 2)
