# target: numbers
from array import array

numbers = array("i", [1, 2, 3, 4])
view = memoryview(numbers)
half = view[2:]
half[0] = 30
copy = numbers[:]
copy[0] = 99
view.release()
print(copy)
