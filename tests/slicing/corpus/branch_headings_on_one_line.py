# target: log, found, last
# fmt: off
log = []


class Noted:
    def __getattr__(self, name):
        log.append(name)
        return 3


match Noted():
    case Noted(b=3): other = 1
    case _: other = 2
try:
    log.append(int("3"))
except ValueError: other = 3
try: found = int("x")
except ValueError: found = 4
else: other = 5
finally: other = 6
if other > 5: last = [7]; log.append(8)
elif other: other = 9
else: other = 10
