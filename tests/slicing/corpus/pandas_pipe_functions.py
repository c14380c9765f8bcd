# target: result
import pandas as pd

log = []


def note(frame, text):
    log.append((text, len(frame)))
    return frame


def drop_small(frame, n):
    return frame[frame["v"] >= n]


df = pd.DataFrame({"v": [1, 5, 9]})
result = df.pipe(note, "start").pipe(drop_small, 5).pipe(note, "end").copy()
result["w"] = 1
print(log)
