# target: caught
import warnings

messages = []
with warnings.catch_warnings(record=True) as caught_list:
    warnings.simplefilter("always")
    warnings.warn("careful")
    messages.append("warned")
caught = [str(w.message) for w in caught_list]
print(messages)
