# target: sizes
class Box:
    def __init__(self):
        self.content = []

    def __len__(self):
        return len(self.content)


boxes = [Box(), Box()]
boxes[0].content.append("spam")
sizes = [len(boxes), len(boxes[0]), bool(boxes[1])]
boxes[1].content.append("eggs")
