# target: order
order = []
noise = []
try:
    order.append("body")
    noise.append(1)
    raise KeyError("x")
except KeyError as error:
    order.append(str(error))
finally:
    order.append("end")
print(noise)
