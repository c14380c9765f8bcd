# target: line
name = "ann"
age = 30
city = "Rome"
line = "{name} is {age}".format(**locals())
city = city.upper()
print(city)
