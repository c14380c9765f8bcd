# target: noted, steps, booster
import numpy as np
import xgboost as xgb

data = xgb.DMatrix(np.arange(8.0).reshape(4, 2), label=[0, 1, 0, 1])
noted = {}
steps = []


class Note(xgb.callback.TrainingCallback):
    def after_iteration(self, model, epoch, evals_log):
        steps.append(epoch)
        return False


booster = xgb.train(
    {"max_depth": 1, "nthread": 1},
    data,
    num_boost_round=2,
    evals=[(data, "train")],
    evals_result=noted,
    callbacks=[Note()],
    verbose_eval=False,
)
names = dict(zip(["a", "b"], booster.get_score()))
