# target: users
users = {"ann": {"age": 30}, "bob": {"age": 41}}
report = []
for name, info in users.items():
    info["senior"] = info["age"] > 40
    report.append(f"{name}: {info['age']}")
print("\n".join(report))
