"""The picture of docs/architecture.md, made from the includes themselves: which folder includes which.

    python3 docs/architecture.py            writes docs/architecture.svg (with Graphviz: apt-get install graphviz)
    python3 docs/architecture.py --check    fails where the includes are no longer what the picture shows, or a file that
                                            architecture.md names is gone

An arrow goes from a folder to one that its files include; one that follows from others is left out.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "architecture.svg"

# What each folder is for.
FOLDERS = {
    "autograd/base": "errors, shapes, scalar types, memory pool, threads",
    "autograd/kernels": "loops over plain memory",
    "autograd/tensor": "Tensor, its memory, creation",
    "autograd/graph": "recording: nodes, what they save",
    "autograd/ops": "operations: forward and gradient",
    "autograd/backward": "engine, Function, gradcheck, checkpoint",
    "autograd/io": "files: PyTorch, safetensors, NumPy",
    "nn": "modules, losses, initial values",
    "optim": "optimizers and schedules",
    "data": "readers, data sets, loaders",
    "metrics": "accuracy, F1, BLEU, ...",
    "distributions": "probability distributions, structured ones too",
    "distributed": "training on several processes",
    "xgrad/checkpoint": "the state of a training run",
    "xgrad": "headers that include everything",
    "examples": "programs",
}


# What uses the library and is no part of it.
OUTSIDE = {"tests", "benchmarks", "docs"}


def folder_of(path):
    if path.startswith("xgrad/checkpoint."):
        return "xgrad/checkpoint"
    parts = path.split("/")
    folder = "/".join(parts[:2]) if parts[0] == "autograd" else parts[0]
    return folder if folder in FOLDERS else None


def includes():
    """The folders that each folder's files include."""
    found = {folder: set() for folder in FOLDERS}
    listed = subprocess.run(["git", "ls-files", "*.h", "*.cpp", "*.def"], cwd=ROOT, capture_output=True, text=True, check=True)
    for path in listed.stdout.split():
        source = folder_of(path)
        if source is None:
            top = path.split("/")[0]
            if top not in OUTSIDE and path.count("/") > (top == "autograd"):  # autograd/autograd.h stands for the whole
                sys.exit(f"{path}: its folder is not among FOLDERS in docs/architecture.py")
            continue
        for included in re.findall(r'^#include ["<]([a-z_]+/[a-z_/]+\.h)[">]', (ROOT / path).read_text(), re.M):
            target = folder_of(included)
            if target not in (None, source):
                found[source].add(target)
    return found


def check_circles(found):
    """Exits where folders include one another in a circle."""

    def follow(folder, path):
        if folder in path:
            sys.exit("a circle of includes: " + " -> ".join([*path[path.index(folder) :], folder]))
        for below in sorted(found[folder]):
            follow(below, [*path, folder])

    for folder in FOLDERS:
        follow(folder, [])


def direct(found):
    """The arrows that do not follow from others."""

    def reaches(start, end):
        return end in found[start] or any(reaches(middle, end) for middle in found[start])

    return sorted(
        (folder, below)
        for folder in FOLDERS
        for below in found[folder]
        if not any(reaches(middle, below) for middle in found[folder] - {below})
    )


def check_names():
    """Exits where docs/architecture.md names a file that is not there."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in re.findall(r"`([a-z_/]+\.(?:h|cpp|def|py|sh))`", (ROOT / "docs" / "architecture.md").read_text()):
        if not any(f"/{path}".endswith(f"/{name}") for path in listed):
            sys.exit(f"docs/architecture.md names {name}, which is not there")


def graph(found):
    """The picture as a graph in Graphviz's language."""
    lines = ["digraph {", '  bgcolor="white" nodesep=0.3 ranksep=0.45']
    lines += ['  node [shape=box style="rounded,filled" color="#666677" fontname="sans-serif" fontsize=11]']
    lines += ['  edge [color="#666677" arrowsize=0.7]']
    for folder, words in FOLDERS.items():
        fill = "#e8eef7" if folder.startswith("autograd/") else "#f3f1e7"
        lines.append(f'  "{folder}" [label=<<b>{folder}</b><br/><font point-size="9">{words}</font>> fillcolor="{fill}"]')
    lines += [f'  "{folder}" -> "{below}"' for folder, below in direct(found)]
    return "\n".join([*lines, "}", ""])


def main():
    found = includes()
    check_circles(found)
    drawn = graph(found)
    comment = f"<!--\n{drawn}-->\n"  # says what was drawn, so that checking needs no Graphviz
    if sys.argv[1:] == ["--check"]:
        check_names()
        if not PICTURE.read_text().endswith(comment):
            sys.exit("the includes are not what docs/architecture.svg shows: run python3 docs/architecture.py, and see what changed")
        return
    svg = subprocess.run(["dot", "-Tsvg"], input=drawn, capture_output=True, text=True, check=True).stdout
    PICTURE.write_text(svg.rstrip() + "\n" + comment)


main()
