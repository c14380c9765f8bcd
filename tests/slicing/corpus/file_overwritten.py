# target: content
from pathlib import Path

target = Path("report.txt")
target.write_text("draft")
draft = target.read_text()
target.write_text("final")
content = target.read_text()
size = len(draft)
print(size)
