# target: content
import io

buffer = io.StringIO()
buffer.write("one\n")
print("two", file=buffer)
log = io.StringIO()
print("noise", file=log)
content = buffer.getvalue()
print(log.tell())
