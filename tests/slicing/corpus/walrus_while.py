# target: chunks
data = list(range(7))
chunks = []
reads = 0
position = 0
while chunk := data[position : position + 3]:
    chunks.append(chunk)
    position += 3
    reads += 1
print(reads)
