# target: größe
größe = 3
naïve = [1]
π = 3.14
größe *= 2
naïve.append("é")
text = f"π={π}"
print(text, naïve)
