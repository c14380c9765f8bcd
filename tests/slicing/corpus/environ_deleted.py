# target: state
import os

os.environ["TOKEN_X"] = "a"
os.environ["TOKEN_Y"] = "b"
had = os.environ.pop("TOKEN_X")
os.putenv("TOKEN_Z", "c")
state = ("TOKEN_X" in os.environ, os.getenv("TOKEN_Y"))
print(had)
