# target: status
errors = []
warnings_seen = 0
record = {"name": "", "age": -3}
if not record["name"]:
    errors.append("name")
if record["age"] < 0:
    errors.append("age")
    warnings_seen += 1
status = "bad" if errors else "ok"
print(warnings_seen)
