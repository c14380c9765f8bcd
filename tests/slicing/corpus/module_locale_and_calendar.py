# target: first
import calendar

before = calendar.monthcalendar(2024, 1)[0]
calendar.setfirstweekday(calendar.SUNDAY)
first = calendar.monthcalendar(2024, 1)[0]
names = list(calendar.day_abbr)
print(before, names)
