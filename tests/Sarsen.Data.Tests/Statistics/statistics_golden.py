# Writes statistics_golden.json: column statistics of real tables by numpy and Python's csv module.
# Run: SARSEN_TEST_DATA=... /usr/bin/python3 statistics_golden.py  (numpy 1.24)
import collections, csv, gzip, json, os, sys

import numpy as np

root = os.path.join(os.environ.get("SARSEN_TEST_DATA", sys.argv[1] if len(sys.argv) > 1 else "../shared/data"), "datasets")
missing = {"", "NA", "N/A", "NaN", "nan", "null", "NULL"}


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def table(path, skip=0, names=None):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(os.path.join(root, path), "rt", encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))[skip:]
    names = names or rows.pop(0)
    columns = {}
    for i, name in enumerate(names):
        present = [r[i] for r in rows if r[i] not in missing]
        column = {"count": len(present), "missing": len(rows) - len(present), "distinct": len(set(present))}
        numbers = [number(v) for v in present]
        if all(n is not None for n in numbers):
            values = np.array(numbers, dtype=np.float64)
            column |= {
                "distinct": len(set(numbers)), "min": values.min(), "max": values.max(), "mean": values.mean(),
                "std": values.std(ddof=1), "quartiles": list(np.percentile(values, [25, 50, 75])),
            }
        else:
            counts = sorted(collections.Counter(present).items(), key=lambda e: (-e[1], e[0]))
            column |= {"top": [list(e) for e in counts[:10]], "shortest": min(map(len, present)), "longest": max(map(len, present))}
        columns[name] = column
    return {"rows": len(rows), "columns": columns}


golden = {
    "datasets/r-modeldata/credit_data.csv.gz": table("r-modeldata/credit_data.csv.gz"),
    "datasets/r-modeldata/mlc_churn.csv.gz": table("r-modeldata/mlc_churn.csv.gz"),
    "datasets/r-modeldata/penguins.csv.gz": table("r-modeldata/penguins.csv.gz"),
    "datasets/r-modeldata/ames.csv.gz": table("r-modeldata/ames.csv.gz"),
    "datasets/sklearn/iris.csv": table("sklearn/iris.csv", 1, ["sepal_length", "sepal_width", "petal_length", "petal_width", "class"]),
    "datasets/sklearn/wine_data.csv": table("sklearn/wine_data.csv", 1, [f"column_{i}" for i in range(1, 15)]),
}
with open("statistics_golden.json", "w", encoding="utf-8") as f:
    json.dump(golden, f, ensure_ascii=False, indent=0, default=float)
    f.write("\n")
