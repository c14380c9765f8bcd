# target: index
index = {}
words = ["x", "yy", "zz"]
longest = ""
for word in words:
    index.setdefault(len(word), []).append(word)
    if len(word) > len(longest):
        longest = word
got = index.setdefault(9, "none")
print(longest, got)
