# target: shared, total
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

shared = [1]


def first(values):
    return shared


def second(values):
    values.append(2)
    return values


total = make_pipeline(FunctionTransformer(first), FunctionTransformer(second)).fit_transform([0])
