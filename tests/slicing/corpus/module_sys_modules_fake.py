# target: answer
import sys
import types

fake = types.ModuleType("settings_fake")
fake.RATE = 7
sys.modules["settings_fake"] = fake
spare = types.ModuleType("spare")
spare.x = 1
import settings_fake

answer = settings_fake.RATE * 2
print(spare.x)
