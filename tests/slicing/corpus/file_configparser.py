# target: port
import configparser

config = configparser.ConfigParser()
config["server"] = {"port": "8080"}
config["log"] = {"level": "info"}
with open("app.ini", "w") as f:
    config.write(f)
fresh = configparser.ConfigParser()
found = fresh.read("app.ini")
port = fresh.getint("server", "port")
print(found)
