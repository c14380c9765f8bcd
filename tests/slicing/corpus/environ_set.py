# target: mode
import os

os.environ["APP_MODE"] = "test"
os.environ["APP_OTHER"] = "1"
verbose = bool(os.environ.get("APP_OTHER"))
mode = os.environ.get("APP_MODE", "prod")
print(verbose)
