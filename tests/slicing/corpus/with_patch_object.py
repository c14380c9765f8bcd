# target: result
from unittest import mock


class Api:
    def fetch(self):
        return "real"


api = Api()
real = api.fetch()
with mock.patch.object(Api, "fetch", lambda self: "fake"):
    result = api.fetch()
after = api.fetch()
print(real, after)
