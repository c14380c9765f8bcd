# target: settings
import json
from pathlib import Path

path = Path("settings.json")
settings = {"lr": 0.1, "layers": [4, 2]}
path.write_text(json.dumps(settings))
settings["lr"] = 0.5
backup = Path("backup.json")
backup.write_text("{}")
settings = json.loads(path.read_text())
print(backup.exists())
