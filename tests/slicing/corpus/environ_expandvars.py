# target: path
import os

os.environ["BASE_DIR_X"] = "/data"
name = "file"
suffix = ".csv"
path = os.path.expandvars("$BASE_DIR_X/" + name)
full = path + suffix
print(full)
