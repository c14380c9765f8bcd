# target: body
with open("log.txt", "w") as f:
    f.write("title\n---\nline 1\nline 2\n")
lines = open("log.txt")
title = next(lines).strip()
rule = next(lines)
body = [line.strip() for line in lines]
lines.close()
print(title, len(rule))
