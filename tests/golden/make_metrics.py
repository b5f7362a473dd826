#!/usr/bin/env python3
"""Writes metrics.json: what scikit-learn 1.2 and NLTK 3.8 (Debian's python3-sklearn and python3-nltk) make of random data.

BLEU is NLTK's corpus_bleu with its smoothing method3, which is sacrebleu's "exp", on tokens that the regular expressions of
mteval-v13a make.
"""

import json
import pathlib
import random
import re
from types import SimpleNamespace

from nltk.metrics.distance import edit_distance
from nltk.translate import bleu_score
from nltk.translate.bleu_score import SmoothingFunction, corpus_bleu
from sklearn import metrics

nltk_precision = bleu_score.modified_precision


def precision(references, hypothesis, n):
    """NLTK counts one n-gram in a sentence that is shorter than n; sacrebleu counts none."""
    return nltk_precision(references, hypothesis, n) if len(hypothesis) >= n else SimpleNamespace(numerator=0, denominator=0)


bleu_score.modified_precision = precision
random.seed(0)
MTEVAL_13A = [(re.compile(pattern), replacement) for pattern, replacement in (
    (r"([\{-\~\[-\` -\&\(-\+\:-\@\/])", r" \1 "),
    (r"([^0-9])([\.,])", r"\1 \2 "),
    (r"([\.,])([^0-9])", r" \1 \2"),
    (r"([0-9])(-)", r"\1 \2 "))]


def classification(examples, classes, skew):
    """`classes` is more than occur, so that some have no example."""
    targets = [min(int(random.expovariate(skew)), classes - 2) for _ in range(examples)]
    predictions = [t if random.random() < 0.6 else random.randrange(classes - 1) for t in targets]
    case = {"classes": classes, "targets": targets, "predictions": predictions}
    occur = sorted(set(targets) | set(predictions))
    case["accuracy"] = metrics.accuracy_score(targets, predictions)
    case["balanced_accuracy"] = metrics.balanced_accuracy_score(targets, predictions)
    case["confusion_matrix"] = metrics.confusion_matrix(targets, predictions, labels=range(classes)).tolist()
    case["per_class"] = [list(map(float, row)) for row in metrics.precision_recall_fscore_support(
        targets, predictions, labels=range(classes), zero_division=0)[:3]]
    for average in ("micro", "macro", "weighted"):
        case[average] = [float(f) for f in metrics.precision_recall_fscore_support(
            targets, predictions, labels=occur, average=average, zero_division=0)[:3]]
    return case


def regression(values, scale, shift):
    targets = [random.gauss(shift, scale) for _ in range(values)]
    predictions = [t + random.gauss(0, scale / 3) for t in targets]
    return {"targets": targets, "predictions": predictions,
            "mae": metrics.mean_absolute_error(targets, predictions),
            "rmse": metrics.mean_squared_error(targets, predictions, squared=False),
            "mape": metrics.mean_absolute_percentage_error(targets, predictions),
            "r2": metrics.r2_score(targets, predictions)}


def tokenize(line):
    line = line.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    line = line.replace("&quot;", '"').replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    line = f" {line} "
    for pattern, replacement in MTEVAL_13A:
        line = pattern.sub(replacement, line)
    return line.split()


WORDS = ["the", "cat", "sat", "on", "a", "mat", "1,000", "3.5", "dogs", "well-known", "it's", "(or", "not)", "end.", "why?",
         "na\u00efve,", "\u4f60\u597d\u3002", "A&amp;B", "$5.00", "10-20", "\u201cquoted\u201d", "...", "e.g.", "x/y"]


def sentence(length):
    return " ".join(random.choice(WORDS) for _ in range(length))


def change(text, share):
    return " ".join(random.choice(WORDS) if random.random() < share else word for word in text.split(" "))


def bleu(sentences, references, share):
    right = [[sentence(random.randrange(1, 15))] for _ in range(sentences)]
    for group in right:
        group += [change(group[0], 0.3) + (" end." if random.random() < 0.5 else "") for _ in range(references - 1)]
    predictions = [change(random.choice(group), share) for group in right]
    score = corpus_bleu([[tokenize(r) for r in group] for group in right], [tokenize(p) for p in predictions],
                        smoothing_function=SmoothingFunction().method3)
    score = score if isinstance(score, float) else 0.0
    return {"predictions": predictions, "references": right, "bleu": 100 * score}


def edits(length):
    left = "".join(random.choice("abc\u00e9 ") for _ in range(random.randrange(length)))
    right = "".join(random.choice("abc\u00e9 ") for _ in range(random.randrange(length)))
    return {"from": left, "to": right, "distance": edit_distance(left, right),
            "word_distance": edit_distance(left.split(), right.split())}


golden = {
    "classification": [classification(n, c, s) for n, c, s in ((1, 3, 1), (7, 4, 0.5), (200, 6, 0.8), (500, 12, 0.3))],
    "regression": [regression(n, s, m) for n, s, m in ((2, 1, 0), (50, 3, -2), (300, 0.01, 1e6))],
    "tokens": [{"line": line, "tokens": tokenize(line)} for line in
               [sentence(12) for _ in range(20)] + ["", " ", "a.b,c 1.5,2 .5 5. ,", "-5 5- a-b 1-2", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"]],
    "bleu": [bleu(n, r, s) for n, r, s in ((1, 1, 0.2), (10, 1, 0.3), (30, 2, 0.4), (30, 3, 0.1), (5, 1, 0.8))],
    "edit_distance": [edits(n) for n in (1, 2, 5, 10, 20, 40, 40, 40)],
}
pathlib.Path(__file__).with_name("metrics.json").write_text(json.dumps(golden, indent=1) + "\n")
