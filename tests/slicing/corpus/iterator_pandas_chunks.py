# target: second, rest, total, later, lines, rows
import io
import sqlite3

import pandas as pd

reader = pd.read_csv(io.StringIO("a,b\n1,2\n3,4\n5,6\n"), chunksize=1)
first = next(reader)
second = reader.get_chunk()
frame = pd.DataFrame({"a": range(6)})
frame.to_csv("d.csv", index=False)
some = pd.read_csv("d.csv", iterator=True)
head = some.get_chunk(2)
rest = some.read()
with pd.read_csv("d.csv", chunksize=2) as chunks:
    skipped = next(chunks)
    total = sum(chunk["a"].sum() for chunk in chunks)
again = pd.read_csv("d.csv", chunksize=2)
for number, chunk in enumerate(again):
    break
later = pd.concat(again)["a"].sum()
frame.to_json("d.json", orient="records", lines=True)
records = pd.read_json("d.json", lines=True, chunksize=2)
left_out = next(records)
lines = next(records)["a"].sum()
connection = sqlite3.connect(":memory:")
frame.to_sql("t", connection, index=False)
parts = pd.read_sql("select * from t", connection, chunksize=2)
unused = next(parts)
rows = next(parts)["a"].sum()
