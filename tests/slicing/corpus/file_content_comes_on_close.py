# target: zipped, packed, names, members, lines, words, coded, inner
import bz2
import codecs
import gzip
import io
import lzma
import tarfile
import zipfile

import pandas as pd

table = gzip.open("w.csv.gz", "wt")
table.write("a\n1\n")
table.close()
zipped = pd.read_csv("w.csv.gz")["a"].sum()
pack = lzma.open("a.xz", "wt")
pack.write("q")
pack.close()
packed = lzma.open("a.xz", "rt").read()
archive = zipfile.ZipFile("a.zip", "w")
archive.writestr("x", "1")
archive.close()
names = zipfile.ZipFile("a.zip").namelist()
with open("x.txt", "w") as text:
    text.write("in an archive")
tape = tarfile.open("a.tar.gz", "w:gz")
tape.add("x.txt")
tape.close()
members = tarfile.open("a.tar.gz").getnames()
tape = tarfile.open("a.tar.gz")
tape.extractall("out")
tape.close()
inner = open("out/x.txt").read()
plain = io.open("w.txt", "w")
plain.writelines(["a", "b"])
plain.close()
lines = open("w.txt").read()
small = io.BytesIO()
through = bz2.open(small, "wt")
through.write("word")
through.close()
words = bz2.decompress(small.getvalue())
other = codecs.open("c.txt", "w", "utf8")
other.write("ab")
other.close()
coded = open("c.txt").read()
