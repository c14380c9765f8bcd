# target: seen, made
import pytest

seen = []


@pytest.fixture
def limit():
    seen.append("limit")
    return 3


@pytest.mark.parametrize("value", [seen, [1]])
@pytest.mark.filterwarnings("ignore")
def test_adds(value):
    seen.append(len(value))
    return seen


mark = pytest.mark.skipif(True, reason="not here")


@mark
def test_more():
    seen.extend(test_adds([2, 3]))


with pytest.raises(KeyError) as caught:
    seen.append({}["missing"])

test_more()
made = [mark(lambda values: len(values))([4]), str(caught.value), test_adds is not None]
test_adds(seen).append("end")
