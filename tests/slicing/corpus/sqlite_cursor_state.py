# target: second
import sqlite3

db = sqlite3.connect(":memory:")
db.executescript("create table t (n); insert into t values (1); insert into t values (2);")
cursor = db.cursor()
cursor.execute("select n from t order by n")
first = cursor.fetchone()
label = f"first {first}"
second = cursor.fetchone()
print(label)
