# target: sound
class Dog:
    def speak(self):
        return "woof"


def loud(self):
    return "WOOF"


rex = Dog()
quiet = rex.speak()
Dog.speak = loud
sound = rex.speak()
print(quiet)
