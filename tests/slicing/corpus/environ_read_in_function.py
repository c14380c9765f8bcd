# target: url
import os


def make_url():
    return "http://" + os.environ["HOST_NAME"] + ":" + os.environ.get("PORT_NO", "80")


os.environ["HOST_NAME"] = "box"
early = make_url()
os.environ["UNRELATED"] = "1"
os.environ.update(PORT_NO="8080")
url = make_url()
print(early)
