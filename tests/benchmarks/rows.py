#!/usr/bin/env python3
"""Checks that every public function of tensors is a row of benchmarks/operations/: rows.py FOLDER_OF_THE_PROJECT"""

import re
import sys
from pathlib import Path

root = Path(sys.argv[1])

# Other names of what is a row under its own.
OTHER_NAMES = {"autograd/ops/aliases.h", "autograd/ops/argument_forms.h", "autograd/ops/linalg_names.h", "autograd/ops/special_names.h", "autograd/ops/in_place_functions.h"}

# Functions that no row is called after, and why.
ANSWERED = {
    "cholesky": "linalg_cholesky",
    "cholesky_inverse": "linalg_solve_triangular",
    "cholesky_solve": "linalg_solve_triangular",
    "contiguous": "copy(transposed)",
    "convolution": "conv1d",
    "cross_entropy_loss": "cross_entropy",
    "det": "linalg_det",
    "inverse": "linalg_inv",
    "linalg_cross": "cross",
    "linalg_diagonal": "diagonal",
    "linalg_matmul": "matmul",
    "linalg_multi_dot": "chain_matmul",
    "linalg_norm": "norm",
    "linalg_tensorinv": "linalg_inv",
    "linalg_tensorsolve": "linalg_solve",
    "linalg_vector_norm": "norm",
    "logdet": "linalg_slogdet",
    "matrix_power": "linalg_matrix_power",
    "norm_except_dim": "norm",
    "slogdet": "linalg_slogdet",
    "triangular_solve": "linalg_solve_triangular",
    "adaptive_max_pool1d_with_indices": "adaptive_max_pool1d",
    "max_pool1d_with_indices": "max_unpool1d",
    "multi_head_attention_forward": "MultiheadAttention",
    "sum_to": "sum_to_size",
}


def public_headers(path, seen):
    """The header and what it includes of the project."""
    if path in seen:
        return seen
    seen.add(path)
    for included in re.findall(r'^#include "([^"]+)"', (root / path).read_text(), re.M):
        public_headers(included, seen)
    return seen


def functions(text):
    """Names of free functions that give tensors."""
    text = re.sub(r"//.*", "", text)
    text = re.sub(r"^namespace (?:\w+::)*detail \{.*?^\}\s*$", "", text, flags=re.M | re.S)
    result = r"(?:Tensor|TensorList|std::(?:tuple|pair)<[^;{(]*>)"
    return {(name, arguments) for name, arguments in re.findall(rf"^(?:inline )?{result}\s+(\w+)\(([^;{{]*)", text, re.M)}


def plain(name):
    return name.replace("_", "").lower()


def main():
    rows = set()
    main_text = (root / "benchmarks/operations/main.h").read_text()
    for path in (root / "benchmarks/operations").glob("*.h"):
        text = path.read_text()
        for table in re.findall(r"std::vector<Case> (\w+)\(", text):
            if f"{table}()" not in main_text:
                sys.exit(f"the rows of {table}() in {path.name} are never run: main.h does not name them")
        names = re.findall(r'"(\w+)(?:\([^"]*\))?"', text) + re.findall(r"XGRAD_[A-Z_]+\((\w+)\)", text)
        rows |= {plain(name) for name in names}
    main_program = (root / "benchmarks/operations/main.h").read_text()
    for path in (root / "benchmarks/operations").glob("*.h"):
        for cases in re.findall(r"^inline .* (\w+_cases)\(\)", path.read_text(), re.M):
            if f"{cases}()" not in main_program:
                sys.exit(f"{path}: main.h does not run {cases}()")
    headers = [path for path in public_headers("xgrad/xgrad.h", set())
               if path.startswith(("autograd/ops/", "nn/functional/")) and path not in OTHER_NAMES]
    found = 0
    missing = []
    for path in sorted(headers):
        for name, arguments in sorted(functions((root / path).read_text())):
            if "Tensor" not in arguments and "sizes" not in arguments:
                continue
            found += 1
            if plain(name) not in rows and name not in ANSWERED:
                missing.append(f"{path}: {name}")
    if found < 300:
        sys.exit(f"only {found} functions were found in {len(headers)} headers: this test reads them wrongly")
    if missing:
        sys.exit("no row of benchmarks/operations/ is called\n  " + "\n  ".join(dict.fromkeys(missing)))


main()
