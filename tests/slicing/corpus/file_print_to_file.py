# target: report
with open("report.txt", "w") as f:
    print("header", file=f)
    for n in range(2):
        print(n, n * n, sep="\t", file=f)
        print("progress", n)
report = open("report.txt").readlines()
