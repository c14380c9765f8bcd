# target: handled, noted
import numpy as np

handled, noted = [], []
with np.errstate(divide="call", call=lambda error, flag: handled.append(error)):
    np.array([1.0]) / 0
np.seterrcall(lambda error, flag: noted.append("x"))
np.seterr(divide="call")
ratio = np.array([1.0]) / 0
