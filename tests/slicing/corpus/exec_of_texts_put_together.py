# target: made, second, seen, quoted, third
import textwrap
from pathlib import Path

noise = 1
exec(
    textwrap.dedent(
        """
        def make(n):
            return n + 1
        """
    )
)
made = make(1)
exec("value = one".replace("one", "2") + "\n" * 3)
second = value
name = "raw data.csv"
Path("RAW_DATA.CSV").write_text("x")
Path("clean.csv").write_text("a")
Path("clean.txt").write_text("b")
seen = Path("clean.csv").with_suffix(".txt").read_text()
Path("'quoted'").write_text("c")
Path("quoted").write_text("d")
part = "quoted"
quoted = Path(f"{part!r}").read_text()
third = Path(name.replace(" ", "_").upper()).read_text()
