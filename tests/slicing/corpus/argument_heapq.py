# target: heap
import heapq

heap = [5, 1, 4]
other = [9, 8]
heapq.heapify(heap)
heapq.heapify(other)
heapq.heappush(heap, 0)
smallest = heapq.heappop(heap)
peek = heapq.nsmallest(2, heap)
print(smallest, peek, other)
