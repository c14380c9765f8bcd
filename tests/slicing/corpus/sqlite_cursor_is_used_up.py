# target: second, rest, named, seen, last
import sqlite3

seen = []


def named_row(cursor, row):
    seen.append(row[0])
    return {column[0]: value for column, value in zip(cursor.description, row)}


connection = sqlite3.connect(":memory:")
connection.execute("create table t (n integer)")
connection.executemany("insert into t values (?)", [(n,) for n in range(6)])
last = connection.execute("insert into t values (9)").lastrowid
cursor = connection.cursor()
cursor.execute("select n from t order by n")
first = cursor.fetchone()
second = cursor.fetchone()
third = next(cursor)
few = cursor.fetchmany(1)
for row in cursor:
    print(row)
    break
rest = list(cursor)
connection.row_factory = named_row
named = connection.execute("select n from t where n > 3 order by n").fetchall()
named[0]["n"] = 0
