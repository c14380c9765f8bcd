# target: value
"""A module with a docstring.

It has = signs and def words in it.
"""

# a comment about value = 3
value = 2  # really


def unused():
    """value = 100"""
    return value


# value = 7
"value = 8"
value += 1
text = """
value = 99
"""
print(text)
