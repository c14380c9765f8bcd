# target: names
import sqlite3

db = sqlite3.connect("app.db")
db.execute("create table users (id integer primary key, name text)")
db.execute("create table noise (x integer)")
db.execute("insert into users (name) values ('ann')")
db.execute("insert into users (name) values (?)", ("bob",))
db.execute("insert into noise values (1)")
db.commit()
db.close()
again = sqlite3.connect("app.db")
count = again.execute("select count(*) from noise").fetchone()
names = [row[0] for row in again.execute("select name from users order by id")]
print(count)
