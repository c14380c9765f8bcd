# target: days
import datetime as dt

start = dt.date(2024, 1, 30)
step = dt.timedelta(days=1)
holidays = {dt.date(2024, 2, 1)}
days = []
skipped = []
day = start
while len(days) < 3:
    if day in holidays or day.weekday() >= 5:
        skipped.append(day)
    else:
        days.append(day.isoformat())
    day += step
print(skipped)
