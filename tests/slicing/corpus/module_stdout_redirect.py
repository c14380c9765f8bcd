# target: captured
import contextlib
import io

print("before")
buffer = io.StringIO()
with contextlib.redirect_stdout(buffer):
    print("inside", 1)
    print("inside", 2)
captured = buffer.getvalue()
print("after")
