# target: mode, other, listed, gone, made, again
import os

os.environ["APP_MODE"] = "test"
os.environ["APP_OTHER"] = "1"
os.environ.setdefault("APP_THIRD", os.environ["APP_OTHER"] + "3")
mode = os.environ.get("APP_MODE", "prod")
other = os.getenv("APP_THIRD")
listed = sorted(name for name in os.environ if name.startswith("APP_"))
del os.environ["APP_OTHER"]
gone = "APP_OTHER" in os.environ
from os import environ

environ["APP_MODE"] = "later"
environ.update(APP_UPDATED="yes")
environ["APP_" + "MADE"] = "made"
made = os.environ["APP_MADE"], environ["APP_UPDATED"]
again = {key: value for key, value in environ.items() if key.startswith("APP_")}
