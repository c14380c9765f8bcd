# target: plugins
class Plugin:
    registry = []

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Plugin.registry.append(cls.__name__)


class Csv(Plugin):
    ext = ".csv"


class Json(Plugin):
    ext = ".json"


plugins = list(Plugin.registry)
print(Csv.ext, Json.ext)
