# target: CACHE, DB, cache_hits, cohort, events, hits, joined, loaded, result, size, stats_, users
import sqlite3, json, pickle, hashlib, functools, os
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
import numpy as np
import pandas as pd

DB = Path("shop.db")
CACHE = Path(".cache")
CACHE.mkdir(exist_ok=True)

@contextmanager
def connect(path=DB):
    conn = sqlite3.connect(path)
    try:
        yield conn
        conn.commit()
    finally:
        conn.close()

def init_db():
    with connect() as conn:
        conn.execute("CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT, joined TEXT)")
        conn.execute("CREATE TABLE IF NOT EXISTS events (user_id INTEGER, day TEXT, amount REAL)")

def seed_db(n=10):
    rs = np.random.RandomState(0)
    base = datetime(2022, 1, 1)
    with connect() as conn:
        conn.executemany("INSERT INTO users VALUES (?, ?, ?)",
                         [(i, f"u{i}", (base + timedelta(days=7 * (i % 3))).isoformat()) for i in range(n)])
        rows = [(int(rs.randint(n)), (base + timedelta(days=int(rs.randint(60)))).isoformat(), float(rs.rand())) for _ in range(100)]
        conn.executemany("INSERT INTO events VALUES (?, ?, ?)", rows)

init_db()
seed_db()
hits = {"hit": 0, "miss": 0}

def disk_cache(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        key = hashlib.md5(json.dumps([fn.__name__, args, kwargs], sort_keys=True).encode()).hexdigest()
        path = CACHE / f"{key}.pkl"
        if path.exists():
            hits["hit"] += 1
            return pickle.loads(path.read_bytes())
        hits["miss"] += 1
        value = fn(*args, **kwargs)
        path.write_bytes(pickle.dumps(value))
        return value
    return wrapper

@disk_cache
def query(sql, parse=None):
    with connect() as conn:
        return pd.read_sql_query(sql, conn, parse_dates=parse)

users = query("SELECT * FROM users", parse=["joined"])
events = query("SELECT * FROM events", parse=["day"])
print(users.shape, events.shape)
users = query("SELECT * FROM users", parse=["joined"])
cache_hits = dict(hits)
joined = events.merge(users, left_on="user_id", right_on="id")
joined["week"] = ((joined["day"] - joined["joined"]).dt.days // 7).clip(lower=0)
joined["cohort"] = joined["joined"].dt.strftime("%Y-%m-%d")
cohort = joined.pivot_table(index="cohort", columns="week", values="user_id", aggfunc="nunique").fillna(0)
cohort = cohort.div(cohort.iloc[:, 0], axis=0)
print(cohort.round(2))
with closing(sqlite3.connect(DB)) as conn:
    cohort.to_sql("cohort", conn, if_exists="replace")
    conn.execute("CREATE INDEX ix ON events(user_id)")
    loaded = pd.read_sql("SELECT * FROM cohort", conn, index_col="cohort")
    stats_ = dict(conn.execute("SELECT user_id, SUM(amount) FROM events GROUP BY user_id").fetchall())
with connect() as conn:
    conn.execute("UPDATE users SET name = upper(name)")
    result = [row[0] for row in conn.execute("SELECT name FROM users ORDER BY id LIMIT 3")]
size = os.path.getsize(DB) > 0
