# target: hour, stamp
import datetime
import os
import time

os.environ["TZ"] = "Asia/Tokyo"
time.tzset()
hour = time.localtime(0).tm_hour
stamp = datetime.datetime.fromtimestamp(0).hour
