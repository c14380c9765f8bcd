# target: semicolons, is_fine, kind, coded, timeout, tree, adapted, converted, copied, depth, verbosity
import codecs
import csv
import mimetypes
import socket
import sqlite3
import sys
import xml.etree.ElementTree as ET

import xgboost

csv.register_dialect("semicolons", delimiter=";")
semicolons = list(csv.reader(["1;2"], "semicolons"))
csv.field_size_limit(5)
try:
    list(csv.reader(["abcdefgh"]))
    is_fine = True
except csv.Error:
    is_fine = False
mimetypes.add_type("x/y", ".zz")
kind = mimetypes.guess_type("a.zz")[0]
codecs.register_error("hash", lambda error: ("#", error.end))
coded = "é".encode("ascii", "hash")
socket.setdefaulttimeout(5)
timeout = socket.getdefaulttimeout()
ET.register_namespace("q", "http://q")
tree = ET.tostring(ET.fromstring('<a xmlns="http://q"/>'))


class Point:
    pass


sqlite3.register_adapter(Point, lambda point: "adapted")
connection = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)
adapted = connection.execute("select ?", (Point(),)).fetchone()[0]
sqlite3.register_converter("pt", lambda value: ("pt", value))
connection.execute("create table t(p pt)")
connection.execute("insert into t values ('1')")
connection.commit()
converted = connection.execute("select p from t").fetchone()[0]
other = sqlite3.connect(":memory:")
connection.backup(other)
copied = other.execute("select p from t").fetchone()[0]
sys.setrecursionlimit(777)
depth = sys.getrecursionlimit()
xgboost.set_config(verbosity=0)
verbosity = xgboost.get_config()["verbosity"]
