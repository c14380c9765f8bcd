# target: area
import sys
from pathlib import Path

package = Path("shapes")
package.mkdir()
(package / "__init__.py").write_text("from shapes.square import area\n")
(package / "square.py").write_text("def area(a):\n    return a * a\n")
(package / "README").write_text("nothing")
sys.path.append(".")
from shapes import area as square_area

names = sorted(p.name for p in package.iterdir())
area = square_area(5)
print(names)
