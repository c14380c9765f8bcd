# target: rows
import sqlite3

connection = sqlite3.connect(":memory:")
cursor = connection.cursor()
cursor.execute("create table t (name text, n integer)")
cursor.executemany("insert into t values (?, ?)", [("a", 1), ("b", 2)])
connection.commit()
version = sqlite3.sqlite_version
rows = connection.execute("select name, n from t order by n desc").fetchall()
print(version is not None)
connection.close()
