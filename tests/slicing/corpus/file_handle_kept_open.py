# target: text
out = open("journal.txt", "w")
out.write("one\n")
lines_written = 1
out.write("two\n")
lines_written += 1
out.flush()
text = open("journal.txt").read()
out.write("three\n")
out.close()
print(lines_written)
