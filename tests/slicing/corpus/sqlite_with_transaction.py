# target: total
import sqlite3

db = sqlite3.connect(":memory:")
with db:
    db.execute("create table t (n integer)")
    db.execute("insert into t values (5)")
log = []
try:
    with db:
        db.execute("insert into t values (100)")
        raise RuntimeError("rollback")
except RuntimeError as e:
    log.append(str(e))
total = db.execute("select sum(n) from t").fetchone()[0]
print(log)
