#!/usr/bin/python3
"""Writes metrics_golden.json: values of scikit-learn 1.2 and numpy for MetricGoldenTests.

Run with Debian's python3-sklearn: /usr/bin/python3 metrics_golden.py > metrics_golden.json
Scores are rounded to f32 first and computed on in f64, as Sarsen does.
"""
import json
import warnings

import numpy as np
from sklearn import metrics as m
from sklearn.preprocessing import label_binarize

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20240)


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def calibration_error(p, y, bins=15):
    confidence, correct = p.max(axis=1), p.argmax(axis=1) == y
    index = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return sum(abs(correct[index == b].sum() - confidence[index == b].sum()) for b in range(bins)) / len(y)


def or_none(f):
    try:
        v = float(f())
        return v if np.isfinite(v) else None
    except ValueError:
        return None


def averages(y, predicted, classes):
    out = {}
    for name, f in (("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score)):
        for zero in (0, 1):
            for average in ("macro", "micro", "weighted"):
                out[f"{name}_{average}/{zero}"] = f(y, predicted, average=average, zero_division=zero)
            if classes == 2:
                out[f"{name}_binary/{zero}"] = f(y, predicted, average="binary", zero_division=zero)
    return out


def classification(name, scores, y, kind):
    scores = np.asarray(scores, dtype=np.float32)
    wide = scores.astype(np.float64)
    if scores.shape[1] == 1:
        p1 = wide if kind == "probabilities" else 1 / (1 + np.exp(-wide))
        p = np.hstack([1 - p1, p1])
    else:
        p = wide if kind == "probabilities" else softmax(wide)
    classes = p.shape[1]
    labels = list(range(classes))
    predicted = p.argmax(axis=1)
    onehot = label_binarize(y, classes=labels) if classes > 2 else np.column_stack([1 - y, y])
    present = set(y) == set(labels)
    if classes == 2:
        auc = {"roc_auc": or_none(lambda: m.roc_auc_score(y, p[:, 1]))}
        auc["roc_auc_weighted"] = auc["roc_auc"]
        ap = float(m.average_precision_score(y, p[:, 1])) if 1 in y else None
        auc["pr_auc"] = auc["pr_auc_weighted"] = ap
        brier = m.brier_score_loss(y, p[:, 1], pos_label=1)
    else:
        auc = {
            "roc_auc": or_none(lambda: np.mean([m.roc_auc_score(onehot[:, c], p[:, c]) for c in labels])),
            "roc_auc_weighted": or_none(lambda: np.average([m.roc_auc_score(onehot[:, c], p[:, c]) for c in labels], weights=onehot.sum(axis=0))),
            "pr_auc": float(m.average_precision_score(onehot, p, average="macro")) if present else None,
            "pr_auc_weighted": float(m.average_precision_score(onehot, p, average="weighted")) if present else None,
        }
        if present and kind == "logits":
            assert np.isclose(auc["roc_auc"], m.roc_auc_score(y, p, multi_class="ovr", average="macro"))
            assert np.isclose(auc["roc_auc_weighted"], m.roc_auc_score(y, p, multi_class="ovr", average="weighted"))
        brier = float(((p - onehot) ** 2).sum(axis=1).mean())
    expected = {
        "accuracy": m.accuracy_score(y, predicted),
        "balanced_accuracy": m.balanced_accuracy_score(y, predicted),
        "matthews": m.matthews_corrcoef(y, predicted),
        "log_loss": m.log_loss(y, p, labels=labels),
        "brier_score": brier,
        "calibration_error": calibration_error(p, y),
        **averages(y, predicted, classes),
        **auc,
    }
    if classes > 3:
        expected["top_3_accuracy"] = m.top_k_accuracy_score(y, p, k=3, labels=labels)
    if kind == "logits" and classes > 2:
        expected["cross_entropy"] = float(-np.mean(np.log(p[np.arange(len(y)), y])))
        expected["perplexity"] = float(np.exp(expected["cross_entropy"]))
    rows = m.precision_recall_fscore_support(y, predicted, labels=labels, zero_division=0)
    return {
        "name": name, "kind": kind, "outputs": scores.shape[1],
        "scores": [float(s) for s in scores.ravel()], "targets": [int(t) for t in y],
        "expected": {k: None if v is None else float(v) for k, v in expected.items()},
        "confusion": m.confusion_matrix(y, predicted, labels=labels).tolist(),
        "per_class": [[float(v) for v in row] for row in rows],
    }


def regression(name, predictions, targets):
    p, t = np.asarray(predictions, np.float32), np.asarray(targets, np.float32)
    wp, wt = p.astype(np.float64), t.astype(np.float64)
    return {
        "name": name, "outputs": p.shape[1],
        "predictions": [float(v) for v in p.ravel()], "targets": [float(v) for v in t.ravel()],
        "expected": {
            "mse": m.mean_squared_error(wt, wp),
            "rmse": m.mean_squared_error(wt, wp, squared=False),
            "mae": m.mean_absolute_error(wt, wp),
            "mape": m.mean_absolute_percentage_error(wt, wp),
            "r2": or_none(lambda: m.r2_score(wt, wp)) if len(t) > 1 else None,
        },
    }


def noisy(y, classes, strength=1.5):
    return rng.normal(size=(len(y), classes)) + strength * np.eye(classes)[y]


y5 = rng.integers(0, 5, 160)
rare = np.concatenate([rng.integers(0, 2, 60), [3, 3, 3]])
y2 = rng.integers(0, 2, 120)
tied2 = np.round(rng.uniform(size=(120, 1)) * 5) / 5
tied3 = rng.integers(0, 3, 90)
coarse = np.round(softmax(noisy(tied3, 3)) * 4)
coarse[coarse.sum(axis=1) == 0] = 1
x = rng.normal(size=(100, 1)) * 10

print(json.dumps({
    "classification": [
        classification("five classes", noisy(y5, 5), y5, "logits"),
        classification("five classes as probabilities", softmax(noisy(y5, 5)), y5, "probabilities"),
        classification("a class absent, a class never predicted", noisy(rare, 4, 0.8), rare, "logits"),
        classification("two classes", noisy(y2, 2), y2, "logits"),
        classification("sigmoid", rng.normal(size=(120, 1)) + y2[:, None], y2, "logits"),
        classification("sigmoid with ties", tied2, y2, "probabilities"),
        classification("three classes with ties", coarse / coarse.sum(axis=1, keepdims=True), tied3, "probabilities"),
        classification("only class 0", noisy(np.zeros(20, int), 2), np.zeros(20, int), "logits"),
        classification("only class 1, always right", noisy(np.ones(20, int), 2, 20), np.ones(20, int), "logits"),
        classification("certain and wrong", [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], np.array([0, 0, 1]), "probabilities"),
        classification("one sample", [[0.2, 0.3, 0.5]], np.array([2]), "probabilities"),
        classification("large logits", noisy(y5, 5) * 300, y5, "logits"),
    ],
    "regression": [
        regression("one output", x + rng.normal(size=(100, 1)), x),
        regression("three outputs", rng.normal(size=(50, 3)), rng.normal(size=(50, 3)) * [1, 10, 100]),
        regression("far from zero", 1e6 + rng.normal(size=(200, 1)), 1e6 + rng.normal(size=(200, 1)) * 4),
        regression("a constant target", rng.normal(size=(10, 1)), np.full((10, 1), 2.5)),
        regression("a constant target, always right", np.full((10, 1), 2.5), np.full((10, 1), 2.5)),
        regression("a target of zero", [[0.5], [1.0]], [[0.0], [2.0]]),
        regression("one sample", [[1.0]], [[2.0]]),
    ],
    "folds": (lambda v: {"values": v, "mean": float(np.mean(v)), "deviation": float(np.std(v, ddof=1))})([0.91, 0.94, 0.89, 0.97, 0.92]),
}, indent=None, separators=(",", ":")).replace('},{"name"', '},\n{"name"'))
