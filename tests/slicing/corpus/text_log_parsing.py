# target: errors
import datetime as dt

lines = ["2024-01-01 INFO start", "2024-01-02 ERROR disk full", "bad line", "2024-01-03 ERROR net"]
errors = []
infos = 0
unparsed = []
for line in lines:
    try:
        day, level, message = line.split(" ", 2)
        when = dt.date.fromisoformat(day)
    except ValueError:
        unparsed.append(line)
        continue
    if level == "ERROR":
        errors.append((when, message))
    else:
        infos += 1
print(infos, unparsed)
