# target: names
import zipfile

with zipfile.ZipFile("bundle.zip", "w") as z:
    z.writestr("a.txt", "aaa")
    z.writestr("b.txt", "b")
with zipfile.ZipFile("other.zip", "w") as z:
    z.writestr("x", "x")
with zipfile.ZipFile("bundle.zip") as z:
    names = {i.filename: i.file_size for i in z.infolist()}
    total = sum(names.values())
print(total)
