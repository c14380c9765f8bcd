# target: words
words = []
result = list(map(words.append, ["a", "b"]))
lengths = list(map(len, ["aa", "bbb"]))
print(result, lengths)
