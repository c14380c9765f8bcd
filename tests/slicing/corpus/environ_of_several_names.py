# target: mode, left, there, gone, listed, got, child, popped
import os
import subprocess
from os import environ

os.environ["APP_MODE"] = "a"
os.environ["APP_MODE"] = "b"
os.environ["APP_OTHER"] = "1"
mode = os.environ["APP_MODE"]
environ["APP_LEFT"] = "2"
left = os.environ["APP_LEFT"]
there = "APP_OTHER" in environ
del os.environ["APP_OTHER"]
gone = "APP_OTHER" in environ
os.environ["APP_LAST"] = "9"
listed = sorted(name for name in environ if name.startswith("APP_"))
got = environ.get("APP_LAST"), os.getenv("APP_OTHER", "none")
child = subprocess.run(["sh", "-c", "echo $APP_LAST"], capture_output=True).stdout
os.environ.pop("APP_LAST")
popped = "APP_LAST" in environ
