# target: current
import contextvars

var = contextvars.ContextVar("var", default=None)
other = contextvars.ContextVar("other", default=0)
var.set({"user": "ann"})
other.set(5)
var.get()["seen"] = True
current = var.get()
print(other.get())
