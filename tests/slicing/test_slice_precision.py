"""Slices do without what provably does not matter."""

from __future__ import annotations

import textwrap

import pytest

from lineapy_store.slicing import slice_source
from lineapy_store.slicing._library import Library

#: Programs for the value of ``x``; what a slice does not have is marked.
PROGRAMS = {
    "what is picked from an array is a copy": """
        import numpy as np
        x = np.arange(6.0)
        picked = x[[0, 1]]  # dropped
        picked[:] = -1  # dropped
        large = x[(x > 2) & ~(x == 4)]  # dropped
        large += 1  # dropped
        view = x[1:3]
        view[:] = 7
        """,
    "what is picked from a frame is a copy": """
        import pandas as pd
        x = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        large = x[x["a"] > 1]  # dropped
        large["b"] = 0  # dropped
        both = x[["a", "b"]]  # dropped
        both.insert(0, "c", 1)  # dropped
        x["c"] = 1
        """,
    "other columns do not matter": """
        import numpy as np  # dropped
        import pandas as pd
        frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        frame["c"] = np.sqrt(frame["b"])  # dropped
        frame["d"] = frame["a"] * 2
        frame.loc[frame["b"] > 3, "d"] = 0
        frame.loc[:, "c"] = 1  # dropped
        frame["c"] += 1  # dropped
        other = frame["b"]  # dropped
        other.iloc[0] = 9  # dropped
        x = frame[["a", "d"]]
        """,
    "names of columns and rows are what they were": """
        import pandas as pd
        rows = pd.Index([1, 2])
        x = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=rows)
        columns = x.columns  # dropped
        wanted = [column for column in columns if column != "b"]  # dropped
        wanted.append("c")  # dropped
        renamed = columns.rename("field")  # dropped
        renamed.name = "name"  # dropped
        other = x.columns[1:]  # dropped
        other.name = "other"  # dropped
        places = {"b" in columns: columns.get_loc("b")}  # dropped
        rows.name = "row"
        """,
    "options are set one by one": """
        import numpy as np
        import pandas as pd
        from sklearn import set_config  # dropped
        set_config(transform_output="pandas")  # dropped
        pd.set_option("display.precision", 1)  # dropped
        pd.set_option("display.precision", 2)
        pd.set_option("display.max_rows", 5)
        np.set_printoptions(precision=1)  # dropped
        np.set_printoptions(precision=3)
        np.seterrcall(lambda error, flag: None)  # dropped
        np.seterrcall(print)
        x = str(pd.DataFrame({"a": np.array([1.23456])}))
        """,
    "how tables are shown does not matter to what is in them": """
        import numpy as np  # dropped
        import pandas as pd
        pd.set_option("display.max_rows", 100, "display.precision", 3)  # dropped
        pd.options.display.width = 200  # dropped
        np.set_printoptions(precision=3, suppress=True)  # dropped
        pd.options.mode.copy_on_write = True
        frame = pd.DataFrame({"a": [1.5, 2.5]})
        shown = str(frame)  # dropped
        x = frame["a"].mean()
        """,
    "what is returned at the end, and used by nobody": """
        def noted(seen, word):
            if word:
                seen.append(word)
                return word  # dropped
            else:
                seen.append("?")
                return None  # dropped
        class Box:
            def __init__(self):
                self.things = []
            def put(self, thing):
                self.things.append(thing)
                return self  # dropped
        x = []
        noted(x, "a")
        box = Box()
        box.put(1)
        x += box.things
        """,
    "constants of a class that are named nowhere": """
        class Shape:
            sides = 4  # dropped
            names = ["square"]  # dropped
            scale = 2
            def area(self, width):
                return width * self.scale
        x = Shape().area(3)
        """,
    "a model that is fitted again forgets": """
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import cross_val_score
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import FunctionTransformer, LabelEncoder, StandardScaler
        X, y = np.arange(24.0).reshape(12, 2), np.arange(12) % 2
        doubled = FunctionTransformer(lambda values: values * 2)  # dropped
        doubled.fit(X)  # dropped
        encoder = LabelEncoder()
        names = encoder.fit_transform(["a", "b"])  # dropped
        codes = encoder.fit_transform(["c", "d"])
        model = LogisticRegression(random_state=0)
        model.fit(X[:4], y[:4])  # dropped
        scores = cross_val_score(model, X, y, cv=2)
        pipe = make_pipeline(StandardScaler(), LogisticRegression(random_state=0))
        pipe.fit(X[:4], y[:4])  # dropped
        pipe.fit(X, y)
        x = [codes, scores, pipe.predict(X)]
        """,
    "a search begins with models as they were made": """
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GridSearchCV
        X, y = np.arange(24.0).reshape(12, 2), np.arange(12) % 2
        model = LogisticRegression()
        model.fit(X[:4], y[:4])  # dropped
        print(model.score(X, y))  # dropped
        search = GridSearchCV(model, {"C": [1, 2]}, cv=2)
        search.fit(X, y)
        print(search.best_score_)  # dropped
        x = [search.best_estimator_, search.best_params_, search.predict(X)]
        """,
    "what is left to chance, and what is not": """
        import numpy as np
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import cross_val_score
        from sklearn.pipeline import make_pipeline  # dropped
        from sklearn.preprocessing import StandardScaler  # dropped
        np.random.seed(0)
        SEED = 42
        X, y = np.random.rand(20, 2), np.arange(20) % 2
        pipe = make_pipeline(StandardScaler(), LogisticRegression())  # dropped
        pipe.fit(X, y)  # dropped
        mean = cross_val_score(LogisticRegression(), X, y, cv=2).mean()  # dropped
        seeded = RandomForestClassifier(random_state=SEED).fit(X, y)  # dropped
        sag = LogisticRegression(solver="saga").fit(X, y)
        changed = LogisticRegression()
        changed.set_params(solver="saga")
        changed.fit(X, y)
        forest = RandomForestClassifier()
        scores = cross_val_score(forest, X, y, cv=2)
        x = [RandomForestClassifier(random_state=SEED).fit(X, y), np.random.rand()]
        """,
    "columns that a variable lists": """
        import pandas as pd
        frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        numbers = ["a"]
        others = ["b"]
        frame["c"] = 0  # dropped
        frame[numbers] = frame[numbers] * 2
        frame.loc[:, others] = 3
        frame.loc[:, "c"] = 1  # dropped
        def total(table):
            table["c"] = 2  # dropped
            return table[numbers].sum()
        y = total(frame)  # dropped
        x = frame[numbers + others], total(frame)
        """,
    "functions that tables call get tables": """
        import pandas as pd
        pd.set_option("display.max_columns", None)  # dropped
        frame = pd.DataFrame({"a": [1, 2], "b": ["x, y", "z, w"]})
        frame["c"] = frame.groupby("b")["a"].transform(lambda part: part.fillna(part.median()))
        frame["d"] = frame["b"].apply(lambda name: name.split(",")[1].strip().title())
        x = frame.groupby("b").agg(n=("a", lambda part: part.max())).assign(m=lambda d: d["n"] / 2)
        """,
    "what estimators of one's own have from scikit-learn": """
        import pandas as pd
        from sklearn.base import BaseEstimator, TransformerMixin
        class Centred(BaseEstimator, TransformerMixin):
            def fit(self, X, y=None):
                self.mean = X.mean()
                return self
            def transform(self, X):
                return X - self.mean
        class Scaled(BaseEstimator, TransformerMixin):  # dropped
            def fit(self, X, y=None):  # dropped
                self.most = X.max()  # dropped
                return self  # dropped
            def transform(self, X):  # dropped
                return X / self.most  # dropped
        raw = pd.DataFrame({"a": [1.0, 2.0]})
        centred = Centred()
        x = centred.fit_transform(raw)
        y = Scaled().fit_transform(x)  # dropped
        centred.fit(y)  # dropped
        """,
    "estimators of one's own in a pipeline": """
        import pandas as pd
        from sklearn.base import BaseEstimator, TransformerMixin
        from sklearn.linear_model import Ridge
        from sklearn.pipeline import make_pipeline
        class Centred(BaseEstimator, TransformerMixin):
            def __init__(self, column="a"):
                self.column = column
            def fit(self, X, y=None):
                self.mean = X[self.column].mean()
                return self
            def transform(self, X):
                X = X.copy()
                X["b"] = X["b"] - self.mean
                return X
        class Scaled(BaseEstimator, TransformerMixin):  # dropped
            def fit(self, X, y=None):  # dropped
                self.most = X["a"].max()  # dropped
                return self  # dropped
            def transform(self, X):  # dropped
                return X / self.most  # dropped
        raw = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
        x = make_pipeline(Centred(), Ridge()).fit(raw, raw["a"]).predict(raw)
        other = make_pipeline(Scaled(), Ridge())  # dropped
        other.fit(raw, raw["b"])  # dropped
        """,
    "what groups give has nothing of the table": """
        import pandas as pd
        frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        x = frame.groupby("b")["a"].agg(["mean", "size"]), frame.rolling(2).mean()
        frame["c"] = frame["a"] * 2  # dropped
        frame.loc[frame["a"] > 1, "d"] = "e"  # dropped
        frame.insert(0, "f", 1)  # dropped
        """,
    "a table is piped through functions": """
        import pandas as pd
        def doubled(frame, column):
            print(column)  # dropped
            frame = frame.copy()
            frame[column] *= 2
            return frame
        raw = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        x = raw.pipe(doubled, "a").pipe(doubled, column="b")
        large = x.pipe(lambda frame: frame[frame["a"] > 2])  # dropped
        large["b"] = 0  # dropped
        """,
    "a table on its side, and its first rows": """
        import numpy as np
        import pandas as pd
        raw = pd.DataFrame({"a": np.arange(3), "b": [1.0, 3.0, 5.0]})
        x = raw.isna()
        side = raw.agg(["mean", "std"]).T  # dropped
        side["ratio"] = side["std"] / side["mean"]  # dropped
        means = pd.Series([raw, 1.0]).head()  # dropped
        means.plot.barh()  # dropped
        """,
    "pipelines keep data, and change none": """
        import pandas as pd
        from sklearn.linear_model import LinearRegression  # dropped
        from sklearn.model_selection import KFold  # dropped
        from sklearn.pipeline import make_pipeline  # dropped
        from sklearn.preprocessing import StandardScaler  # dropped
        x = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [3.0, 4.0, 5.0]})
        model = make_pipeline(StandardScaler(), LinearRegression())  # dropped
        for train, _ in KFold(3).split(x):  # dropped
            model.fit(x.iloc[train], x["a"].iloc[train])  # dropped
        """,
    "the level of a logger is no handler": """
        import argparse  # dropped
        import logging  # dropped
        import sys  # dropped
        options = argparse.ArgumentParser().parse_args([])  # dropped
        handler = logging.StreamHandler(sys.stdout)  # dropped
        logging.basicConfig(level=len(vars(options)), handlers=[handler])  # dropped
        x = [1]
        logging.getLogger("x").info("%s", x)  # dropped
        """,
    "a frame has copies of the arrays in its columns": """
        import numpy as np
        import pandas as pd
        array = np.array([1.0, 2.0])
        x = pd.DataFrame({"a": array, "b": [1, 2]})
        array[0] = 9  # dropped
        """,
    "nobody hears what is logged to a screen": """
        import logging  # dropped
        import warnings  # dropped
        logging.basicConfig(level=logging.INFO, handlers=[logging.StreamHandler()])  # dropped
        logger = logging.getLogger(__name__)  # dropped
        handler = logging.StreamHandler()  # dropped
        handler.setFormatter(logging.Formatter("%(message)s"))  # dropped
        logger.addHandler(handler)  # dropped
        def total(numbers):
            logging.info("adding")  # dropped
            found = 0
            for number in numbers:
                found += number
                logger.debug("%s", found)  # dropped
            return found
        y = total([1])  # dropped
        warnings.warn("slow")  # dropped
        x = total([2])
        """,
    "a score over all classes is a number": """
        from sklearn.metrics import f1_score
        x = f1_score([0, 1], [0, 1], average="macro")
        more = x  # dropped
        more += 1  # dropped
        """,
    "a generator moves on no seed": """
        import numpy as np  # dropped
        x = {"seed": 3}
        rng = np.random.default_rng(x["seed"])  # dropped
        draws = rng.random(3)  # dropped
        """,
    "what is in an archive is told by its path": """
        import zipfile
        with zipfile.ZipFile("other.zip", "w") as other:  # dropped
            other.writestr("a", "1")  # dropped
        archive = zipfile.ZipFile("a.zip", "w")
        archive.writestr("a", "1")
        archive.close()
        x = zipfile.ZipFile("a.zip").namelist()
        """,
    "a new table is not changed with the one that it was made from": """
        import pandas as pd
        frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        X = frame.drop(columns=["b"])
        frame["predicted"] = 5  # dropped
        frame.insert(0, "first", 1)  # dropped
        x = X.sum() * 2
        """,
    "a model next to what is looked at and drawn": """
        import matplotlib.pyplot as plt  # dropped
        import pandas as pd
        import seaborn as sns  # dropped
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import accuracy_score, confusion_matrix  # dropped
        from sklearn.model_selection import GridSearchCV, train_test_split
        from sklearn.pipeline import make_pipeline  # dropped
        from sklearn.preprocessing import StandardScaler  # dropped
        df = pd.read_csv("data.csv")
        print(df.head(), df.isna().sum())  # dropped
        df.info()  # dropped
        sns.countplot(x="species", data=df)  # dropped
        plt.show()  # dropped
        df["ratio"] = df["a"] / df["b"]
        df = df.dropna()
        fig, ax = plt.subplots(figsize=(8, 6))  # dropped
        sns.heatmap(df.corr(), annot=True, ax=ax)  # dropped
        ax.scatter(df["a"], df.ratio)  # dropped
        X, y = df.drop(columns=["species"]), df["species"]
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=42)
        x = LogisticRegression().fit(X_train, y_train)
        print(x.score(X_test, y_test))  # dropped
        pipe = make_pipeline(StandardScaler(), LogisticRegression())  # dropped
        search = GridSearchCV(pipe, {"logisticregression__C": [1, 10]})  # dropped
        search.fit(X_train, y_train)  # dropped
        best = search.best_estimator_  # dropped
        predicted = best.predict(X_test)  # dropped
        accuracy = accuracy_score(y_test, predicted)  # dropped
        plt.imshow(confusion_matrix(y_test, predicted))  # dropped
        plt.savefig("matrix.png")  # dropped
        classifier = best.named_steps["logisticregression"]  # dropped
        weights = pd.Series(classifier.coef_[0]).sort_values()  # dropped
        weights.plot.barh()  # dropped
        weights.sort_index(inplace=True)  # dropped
        """,
    "a forecast next to other models and charts": """
        import altair as alt  # dropped
        import pandas as pd
        import plotly.express as px  # dropped
        import statsmodels.api as sm  # dropped
        import xgboost as xgb  # dropped
        from prophet import Prophet
        sales = pd.read_csv("sales.csv")
        fig = px.line(sales, x="date", y="sales")  # dropped
        fig.update_layout(title="Sales").update_traces(width=2)  # dropped
        fig.show()  # dropped
        chart = alt.Chart(sales).mark_line().encode(x="date", y="sales")  # dropped
        chart.save("chart.html")  # dropped
        model = xgb.XGBRegressor(n_estimators=10)  # dropped
        model.fit(sales[["lag"]], sales["sales"])  # dropped
        results = sm.OLS(sales["sales"], sm.add_constant(sales[["lag"]])).fit()  # dropped
        print(results.summary(), results.params.round(2))  # dropped
        results.resid.plot()  # dropped
        m = Prophet()
        m.add_country_holidays("DE")
        m.fit(sales.rename(columns={"date": "ds", "sales": "y"}))
        future = m.make_future_dataframe(periods=10)
        future["note"] = 1
        x = m.predict(future)
        m.plot(x)  # dropped
        m.plot_components(x)  # dropped
        """,
    "data that a model is trained with, and generators of its own": """
        import argparse  # dropped
        import numpy as np
        from sklearn.linear_model import SGDRegressor  # dropped
        from tqdm import tqdm  # dropped
        class Trainer:  # dropped
            def __init__(self, rate):  # dropped
                self.losses = []  # dropped
                self.model = SGDRegressor(eta0=rate, random_state=0)  # dropped
            def batches(self, X, y):  # dropped
                for start in tqdm(range(0, len(X), 10)):  # dropped
                    yield X[start : start + 10], y[start : start + 10]  # dropped
            def train(self, X, y):  # dropped
                for part, truth in self.batches(X, y):  # dropped
                    self.model.partial_fit(part, truth)  # dropped
                self.losses.append(self.model.score(X, y))  # dropped
                return self  # dropped
        parser = argparse.ArgumentParser()  # dropped
        parser.add_argument("--rate", type=float, default=0.05)  # dropped
        args = parser.parse_args([])  # dropped
        np.random.seed(3)  # dropped
        rng = np.random.default_rng(0)
        x = rng.normal(size=(100, 3))
        y = x @ np.array([1.0, 2.0, 3.0]) + rng.normal(size=100)  # dropped
        trainer = Trainer(args.rate).train(x, y)  # dropped
        print(trainer.losses)  # dropped
        """,
    "columns are attributes, too": """
        import pandas as pd
        frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        frame["c"] = frame.b + 1  # dropped
        frame["d"] = frame.a * 2
        first = frame.c.max()  # dropped
        x = frame.d.sum()
        """,
    "results of algorithms are no part of a graph": """
        import networkx as nx
        x = nx.path_graph(3)
        degrees = dict(x.degree())  # dropped
        degrees[0] = 9  # dropped
        ranks = nx.pagerank(x)  # dropped
        best = max(ranks, key=ranks.get)  # dropped
        copied = x.copy()  # dropped
        copied.add_edge(7, 8)  # dropped
        x.add_edge(0, 2)
        """,
    "what is made from arrays can be called with others": """
        import numpy as np
        from scipy import interpolate, stats  # dropped
        x = np.linspace(0.0, 1.0, 5)
        curve = interpolate.CubicSpline(x, x)  # dropped
        between = curve(x) + stats.norm(0, 1).pdf(x)  # dropped
        inverse = curve.derivative()(x)  # dropped
        """,
    "estimators in others are copied": """
        from sklearn.ensemble import VotingRegressor  # dropped
        from sklearn.linear_model import LinearRegression
        x = LinearRegression()
        voting = VotingRegressor([("x", x)]).fit([[1], [2]], [1, 2])  # dropped
        """,
    "what an operator of an instance needs": """
        class Account:
            def __init__(self, owner):
                self.owner = owner
                self.total = 0  # dropped
            def add(self, amount):  # dropped
                self.total += amount  # dropped
            def __iadd__(self, amount):
                self.add(amount)  # dropped
                return self
        account = Account("ann")
        account.add(3)  # dropped
        account += 2
        x = account.owner
        """,
    "texts that are put together": """
        from pathlib import Path
        name = "raw data.csv"
        Path("other.csv").write_text("b")  # dropped
        Path("RAW_DATA.CSV").write_text("a")
        x = Path(name.replace(" ", "_").upper()).read_text()
        """,
    "methods that nobody looks for": """
        class Shape:
            \"\"\"Has an area, or a side.\"\"\"
            def __init__(self, side):
                self.side = side
            def area(self):
                return self.side ** 2
            def grown(self):  # dropped
                return Shape(self.side + 1)  # dropped
            @property
            def double(self):
                return self.area() * 2
            @staticmethod  # dropped
            def unit():  # dropped
                return Shape(1)  # dropped
        x = Shape(3).double
        """,
    "methods of what is in the value stay": """
        class Shape:
            def __init__(self, side):
                self.side = side
            def area(self):
                return self.side ** 2
        x = [Shape(3)]
        """,
    "methods that are looked for by a text stay": """
        class Shape:
            def area(self):
                return 3
            def size(self):
                return 4
        x = getattr(Shape(), "ar" + "ea")()
        """,
    "a file that is written anew has nothing of before": """
        from pathlib import Path
        Path("a.txt").write_text("draft")  # dropped
        Path("b.txt").write_text("other")  # dropped
        with open("a.txt", "a") as file:  # dropped
            file.write("more")  # dropped
        with open("a.txt", "w") as file:
            file.write("final")
        x = Path("a.txt").read_text()
        """,
    "a seed takes nothing from the state": """
        import numpy as np
        np.random.seed(1)  # dropped
        first = np.random.rand(3)  # dropped
        np.random.seed(2)
        x = np.random.rand(3)
        """,
    "a fixture of pytest is not called where it is defined": """
        import pytest  # dropped
        rows = [1]
        @pytest.fixture  # dropped
        def more():  # dropped
            rows.append(4)  # dropped
        x = len(rows)
        """,
    "a number is added to no container": """
        parts = [["a"], 3]
        x, count = parts
        count += 1  # dropped
        x.append("b")
        """,
    "a container has only its own methods": """
        import pandas as pd
        columns = {"a": [1, 2]}
        x = pd.DataFrame(columns)
        mean = x["a"].mean()  # dropped
        days = x["a"].astype(str).str.lower()  # dropped
        x["b"] = 1
        """,
    "groups and windows change nothing": """
        import pandas as pd
        x = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        smooth = x["a"].rolling(2).mean()  # dropped
        total = x.groupby("a")["b"].sum()  # dropped
        """,
    "rows of a database are not the connection": """
        import sqlite3
        connection = sqlite3.connect(":memory:")
        x = connection.execute("select 1").fetchall()
        connection.close()  # dropped
        """,
    "what cannot fail in a try, and its handlers": """
        tries = 0  # dropped
        notes = []  # dropped
        try:
            tries += 1  # dropped
            notes.append("begun")  # dropped
            x = [int("3")]
        except ValueError:
            x = []
        else:  # dropped
            tries += 1  # dropped
            print("parsed", tries)  # dropped
        finally:  # dropped
            notes.append("done")  # dropped
        """,
    "prints and counts in functions": """
        VERBOSE = False  # dropped
        calls = 0  # dropped
        names = []  # dropped
        def scaled(value, by=2):
            '''Says what it does.'''
            global calls  # dropped
            calls += 1  # dropped
            if VERBOSE:  # dropped
                print("scaled", value)  # dropped
            for name in "ab":  # dropped
                names.append(name)  # dropped
            if value < 0:
                raise ValueError(value)
            result = value * by
            note = f"{result}"  # dropped
            return result
        x = scaled(2)
        """,
    "what methods note": """
        log = []  # dropped
        class Account:
            def __init__(self, owner):
                self.owner = owner  # dropped
                log.append(owner)  # dropped
                self.balance = 0
            def add(self, amount):
                log.append(amount)  # dropped
                self.balance += amount
                return self
        account = Account("ann")
        account.add(2).add(3)
        x = account.balance
        """,
    "loops and functions in functions": """
        seen = []  # dropped
        def total(rows):
            count = 0  # dropped
            found = 0
            @str  # dropped
            def note(row):  # dropped
                return row  # dropped
            for row in rows:
                count += 1  # dropped
                if row > 3:
                    continue
                elif row > 2:  # dropped
                    seen.append(row)  # dropped
                found += row
            while count:  # dropped
                count -= 1  # dropped
            return found
        x = total([1, 5, 2])
        """,
    "what a function may leave unbound in one call": """
        def count(rows):
            found = 0
            for row in rows:
                for value in row:
                    found += 1
                    if value < 0:
                        break
                else:
                    continue
            return found
        first = count([[1]])  # dropped
        x = count([[2], [3]])
        """,
}

#: Programs for the value of ``x`` whose functions are whole in its slice.
WHOLE = {
    "errors in it are caught": """
        def read(data):
            data["key"]
            return 1
        try:
            x = read({})
        except KeyError:
            x = 2
        """,
    "it is the value": """
        log = []
        def noted(n):
            log.append(n)
            return n
        x = [noted]
        """,
    "it is passed on": """
        from functools import reduce
        log = []
        def noted(n, m):
            log.append(n)
            return n + m
        x = reduce(noted, [1, 2])
        """,
    "it looks at its names": """
        def shown(n):
            m = n + 1
            return locals()
        x = shown(1)
        """,
    "it calls itself": """
        def down(n):
            left = n - 1
            print(left)
            return down(left) if n else 0
        x = down(3)
        """,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_slice_has_only_what_matters(program: str) -> None:
    """The slice has each line of the program but those that are marked."""
    source = textwrap.dedent(program)

    lines = slice_source(source, target="x").splitlines()

    expected = [line for line in source.splitlines() if line and "# dropped" not in line]
    assert [line for line in lines if line.strip()] == expected


@pytest.mark.parametrize("program", WHOLE.values(), ids=WHOLE.keys())
def test_a_function_stays_whole_where_others_may_see_what_it_does(program: str) -> None:
    """The slice has each line of the program."""
    source = textwrap.dedent(program)

    lines = slice_source(source, target="x").splitlines()

    assert [line for line in lines if line.strip()] == [
        line for line in source.splitlines() if line
    ]


def test_all_that_tables_have_is_listed() -> None:
    """Any other attribute of a table is taken for a column."""
    frame = pytest.importorskip("pandas").DataFrame
    library = Library()

    names = [name for name in dir(frame) if not name.startswith("_")]

    assert [name for name in names if not library.lists(f"pandas.DataFrame.{name}")] == []


def test_only_what_is_not_installed_has_a_state() -> None:
    """A call of which nothing is made changes a module of the program's own, and no library."""
    source = "import tracking\ntracking.log(1)\nx = tracking.load()\n"

    own = slice_source(source, target="x")
    module = {"name": "tracking", "origin": "installed", "version": None}
    installed = slice_source(source, target="x", facts={"modules": {"tracking": module}})

    assert own == source
    assert installed == source.replace("tracking.log(1)\n", "")


def test_statements_that_a_function_does_without_become_comments() -> None:
    """The other lines of a function are comments if that is asked for, and ``pass`` is put in."""
    source = "def f(n):\n    if n:\n        print(n)\n    print(1)\n\n\ndef g(n):\n    print(n)\n"
    source += "    return n\n\n\nf(1)\nx = g(2)\n"

    text = slice_source(source, target="x", include_non_slice_as_comment=True)

    assert "def g(n):\n    # print(n)\n    return n\n" in text
    assert "# f(1)\nx = g(2)\n" in text
