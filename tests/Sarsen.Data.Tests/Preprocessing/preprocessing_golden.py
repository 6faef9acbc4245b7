"""Golden values of preprocessing and folds from scikit-learn (Debian's python3-sklearn); prints the JSON beside it."""
import json
import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler

rng = np.random.default_rng(7)
x = np.round(rng.normal(3, 2, (12, 3)), 3)
x[:, 2] = 4.5  # a column of one value
new = np.round(rng.normal(3, 4, (4, 3)), 3)
holes = x[:, :2].copy()
holes[[1, 5, 6], 0] = np.nan
holes[[0, 11], 1] = np.nan
integers = np.array([3, 1, 2, 2, 3, 3, 1, 2, 5, 1], dtype=float)
integer_holes = np.concatenate([integers, [np.nan]])
colours = np.array(["red", "green", "blue", "green", "red", "Blue"]).reshape(-1, 1)
asked = np.array(["blue", "violet", "red"]).reshape(-1, 1)

standard = StandardScaler().fit(x)
minmax = MinMaxScaler().fit(x)
minmax2 = MinMaxScaler((-1, 2)).fit(x)
clipped = MinMaxScaler(clip=True).fit(x)
onehot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(colours)
ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(colours)

groups = [g for g, size in enumerate([3, 9, 1, 7, 2, 12, 5]) for _ in range(size)]  # no two of one size
rng.shuffle(groups)
classes = [int(c) for c in rng.integers(0, 3, 50)]


def folds(splitter, n, y=None):
    return [test.tolist() for _, test in splitter.split(np.zeros((n, 1)), y)]


def quantiles(column):
    return [float(v) for v in np.quantile(column, [0, 0.25, 0.5, 0.75, 0.9, 1])]


print(json.dumps({
    "x": x.T.tolist(), "new": new.T.tolist(),
    "standard": standard.transform(new).T.tolist(),
    "minmax": minmax.transform(new).T.tolist(),
    "minmax2": minmax2.transform(new).T.tolist(),
    "clipped": clipped.transform(new).T.tolist(),
    "holes": [[None if np.isnan(v) else v for v in c] for c in holes.T],
    "mean": SimpleImputer(strategy="mean").fit_transform(holes).T.tolist(),
    "median": SimpleImputer(strategy="median").fit_transform(holes).T.tolist(),
    "integer_holes": [None if np.isnan(v) else v for v in integer_holes],
    "mode": SimpleImputer(strategy="most_frequent").fit_transform(integer_holes.reshape(-1, 1)).ravel().tolist(),
    "quantiles": quantiles(x[:, 0]),
    "colours": colours.ravel().tolist(), "asked": asked.ravel().tolist(),
    "categories": onehot.categories_[0].tolist(),
    "onehot": onehot.transform(asked).tolist(),
    "ordinal": ordinal.transform(asked).ravel().tolist(),
    "log": np.log(np.abs(x[:, 0])).tolist(), "log1p": np.log1p(np.abs(x[:, 0])).tolist(),
    "kfold": {str(n) + "/" + str(k): folds(KFold(k), n) for n, k in [(10, 2), (10, 3), (11, 5), (7, 7)]},
    "classes": classes,
    "groups": groups,
    "grouped": {str(k): [t.tolist() for _, t in GroupKFold(k).split(groups, None, groups)] for k in (2, 3, 5)},
    "stratified": {str(k): folds(StratifiedKFold(k), 50, classes) for k in (2, 3, 5, 7)},
}))
