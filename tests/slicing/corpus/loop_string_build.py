# target: text
text = ""
debug = ""
for i, word in enumerate(["to", "be", "or"]):
    debug += str(i)
    if i:
        text += " "
    text += word
print(debug)
