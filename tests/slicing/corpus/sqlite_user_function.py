# target: result
import sqlite3

calls = []


def slug(text):
    calls.append(text)
    return text.lower().replace(" ", "-")


db = sqlite3.connect(":memory:")
db.create_function("slug", 1, slug)
db.row_factory = sqlite3.Row
version = sqlite3.sqlite_version_info[0]
result = db.execute("select slug('Hello There') as s").fetchone()["s"]
print(version)
