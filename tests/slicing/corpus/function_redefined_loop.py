# target: answers
answers = []
for k in [1, 2]:

    def scale(x):
        return x * k

    answers.append(scale(10))
    print("scaled with", k)
total = sum(answers)
