#!/usr/bin/env python3
"""The peers' side of bench/quality: what scikit-learn reaches on the same rows.

Writes for each task a file with a column `part` (train, validation, test), so that both sides train on the same rows and
are measured on the same rows, and peers.json with what the peer reaches on the test part, trained on the train part.

usage: peers.py DATA OUT     (DATA: the folder of data sets; OUT: where to write)
"""
import csv
import gzip
import json
import os
import sys

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, mean_squared_error, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

SEED = 7


def parts(labels, fractions=(0.6, 0.2, 0.2)):
    """A part for each row, stratified by label."""
    rng = np.random.default_rng(SEED)
    out = np.empty(len(labels), dtype=object)
    for label in sorted(set(labels)):
        rows = rng.permutation(np.flatnonzero(np.array(labels) == label))
        a = round(fractions[0] * len(rows))
        b = a + round(fractions[1] * len(rows))
        out[rows[:a]], out[rows[a:b]], out[rows[b:]] = "train", "validation", "test"
    return out


def write(path, header, rows):
    with open(path, "w", newline="") as f:
        w = csv.writer(f)
        w.writerow(header)
        w.writerows(rows)


def read(path):
    with gzip.open(path, "rt") as f:
        return list(csv.reader(f))


def breast_cancer(data, out):
    with open(f"{data}/sklearn/breast_cancer.csv") as f:
        f.readline()
        rows = [line.strip().split(",") for line in f]
    names = [f"{m} {k}" for k in ("mean", "error", "worst") for m in
             ("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry", "fractal dimension")]
    label = ["malignant" if r[-1] == "0" else "benign" for r in rows]
    part = parts(label)
    write(f"{out}/breast-cancer.csv", names + ["diagnosis", "part"], [r[:-1] + [y, p] for r, y, p in zip(rows, label, part)])
    x = np.array([r[:-1] for r in rows], float)
    y = (np.array(label) == "malignant").astype(int)
    train, test = part == "train", part == "test"
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(x[train], y[train])
    return "roc_auc", roc_auc_score(y[test], model.predict_proba(x[test])[:, 1]), "logistic regression"


def credit(data, out):
    header, *rows = read(f"{data}/r-modeldata/credit_data.csv.gz")
    label = [r[0] for r in rows]
    part = parts(label)
    write(f"{out}/credit.csv", header + ["part"], [r + [p] for r, p in zip(rows, part)])
    text = [i for i, n in enumerate(header) if n in ("Home", "Marital", "Records", "Job")]
    number = [i for i, n in enumerate(header) if i and i not in text]
    x = np.array([[None if v in ("", "NA") else v for v in r] for r in rows], dtype=object)
    for i in number:
        x[:, i] = [np.nan if v is None else float(v) for v in x[:, i]]
    y = (np.array(label) == "bad").astype(int)
    train, test = part == "train", part == "test"
    columns = ColumnTransformer([
        ("number", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), number),
        ("text", make_pipeline(SimpleImputer(missing_values=None, strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), text),
    ])
    model = make_pipeline(columns, LogisticRegression(max_iter=2000)).fit(x[train], y[train])
    return "roc_auc", roc_auc_score(y[test], model.predict_proba(x[test])[:, 1]), "logistic regression"


def diabetes(data, out):
    with gzip.open(f"{data}/sklearn/diabetes_data_raw.csv.gz", "rt") as f:
        x = np.loadtxt(f)
    with gzip.open(f"{data}/sklearn/diabetes_target.csv.gz", "rt") as f:
        y = np.loadtxt(f)
    part = parts([0] * len(y))
    names = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]
    write(f"{out}/diabetes.csv", names + ["progression", "part"], [[*(repr(float(v)) for v in r), repr(float(t)), p] for r, t, p in zip(x, y, part)])
    train, test = part == "train", part == "test"
    model = make_pipeline(StandardScaler(), Ridge(alpha=1.0)).fit(x[train], y[train])
    return "rmse", mean_squared_error(y[test], model.predict(x[test]), squared=False), "ridge regression"


def co2(data, out):
    header, *rows = read(f"{data}/r-timeseries/co2.csv.gz")
    y = np.array([float(r[1]) for r in rows])
    a, b = round(0.7 * len(y)), round(0.85 * len(y))
    part = np.array(["train"] * a + ["validation"] * (b - a) + ["test"] * (len(y) - b))
    write(f"{out}/co2.csv", ["month", "co2", "part"], [[i, r[1], p] for i, (r, p) in enumerate(zip(rows, part))])
    # One step ahead from the months before, for each month of the test part that has a whole window in it.
    length = 24
    first = b + length
    naive = y[first - 12:-12]
    window = lambda lo, hi: np.stack([y[t - length:t] for t in range(lo, hi)])
    linear = LinearRegression().fit(window(length, a), y[length:a])
    t = np.arange(len(y))
    season = np.stack([np.cos(2 * np.pi * t / 12), np.sin(2 * np.pi * t / 12), t], axis=1)
    trend = LinearRegression().fit(season[:a], y[:a])
    truth = y[first:]
    rmse = lambda p: mean_squared_error(truth, p, squared=False)
    return "rmse", {
        "seasonal naive": rmse(naive),
        "linear trend and season": rmse(trend.predict(season[first:])),
        "linear regression on the window": rmse(linear.predict(window(first, len(y)))),
    }, None


def spam(data, out):
    with gzip.open(f"{data}/spam-assassin/spam_assassin.jsonl.gz", "rt") as f:
        rows = [json.loads(line) for line in f]
    label = [r["label"] for r in rows]
    part = parts(label)
    with open(f"{out}/spam.jsonl", "w") as f:
        for r, p in zip(rows, part):
            f.write(json.dumps({"subject": r["subject"], "text": r["text"], "label": r["label"], "part": p}) + "\n")
    text = np.array([(r["subject"] or "") + " " + r["text"] for r in rows], dtype=object)
    y = np.array(label)
    train, test = part == "train", part == "test"
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000, C=10)).fit(text[train], y[train])
    return "accuracy", accuracy_score(y[test], model.predict(text[test])), "tf-idf and logistic regression"


def main():
    data, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    results = {}
    for task in (breast_cancer, credit, diabetes, co2, spam):
        metric, value, peer = task(data, out)
        for name, number in (value if isinstance(value, dict) else {peer: value}).items():
            results.setdefault(task.__name__.replace("_", "-"), []).append({"metric": metric, "peer": name, "value": round(float(number), 5)})
            print(f"{task.__name__:14} {metric:9} {number:.4f}  {name}", file=sys.stderr)
    with open(f"{out}/peers.json", "w") as f:
        json.dump(results, f, indent=2)


main()
