# target: calls
from unittest.mock import Mock

sender = Mock(return_value=7)
spare = Mock()
first = sender("a", n=1)
spare("z")
sender.send("b")
calls = [str(c) for c in sender.mock_calls]
print(first, spare.call_count)
