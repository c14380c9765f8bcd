# target: count, started
from pydantic import BaseModel, field_validator

seen, after = [], []


class Model(BaseModel):
    x: int

    @field_validator("x")
    @classmethod
    def check(cls, value):
        seen.append(value)
        return value + 1

    def model_post_init(self, context):
        after.append("post")


model = Model(x=1)
count = len(seen)
started = len(after)
