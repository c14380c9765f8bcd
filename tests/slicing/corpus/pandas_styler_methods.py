# target: html
import pandas as pd

frame = pd.DataFrame({"a": [1, -2]})
style = frame.style
style.set_uuid("u")
style.format("{:.1f}")
style.set_caption("Hello")
html = style.to_html()
