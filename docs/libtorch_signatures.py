#!/usr/bin/env python3
"""Writes docs/libtorch_signatures.tsv: the overloads of functions and methods of tensors that libtorch 1.13 declares.

Needs Debian's libtorch-dev. A line is: part (torch or Tensor), name, types of the parameters without defaults, types of the
others, and whether xgrad has it: same, short (without some parameters that have defaults) or absent, which docs/libtorch.sh judge
finds out. Left out are names that begin with an underscore, forms that write to `out`, backward functions, those of single devices
and libraries, and overloads for names of dimensions and symbolic sizes.
"""
import pathlib
import re

INCLUDE = pathlib.Path("/usr/include")
OTHERS = re.compile(r"^(_|cudnn_|mkldnn_|miopen_|mps_|mkl_|fbgemm_|quantized_|vulkan_)|_(outf?|backward(s|_.*)?|copy_to|jvp)$"
                    r"|_backward|_(forward|copy)$")
KEPT = {"index_copy", "slice_copy"}


def split(parameters):
    """The parameters between commas that are not within brackets."""
    parts, depth, last = [], 0, ""
    for c in parameters:
        depth += c in "<({"
        depth -= c in ">)}"
        if c == "," and depth == 0:
            parts.append(last)
            last = ""
        else:
            last += c
    return [part.strip() for part in [*parts, last] if part.strip()]


def entry(part, name, parameters):
    if (OTHERS.search(name) and name not in KEPT) or "SymInt" in parameters or "Dimname" in parameters:
        return None
    if re.search(r"List<|Storage|Stream|ITensorListRef|T ?&&|detail::|int64_t (M|N)$", parameters):
        return None
    if "Layout> layout" in parameters:  # the options again, one by one
        return None
    needed, optional = [], []
    for parameter in split(parameters):
        declared, _, default = parameter.partition("=")
        if re.search(r"\breduction$", declared.strip()):
            declared = "Reduction reduction"
        kind = re.sub(r"\s*\b\w+\s*$", "", declared.strip()).replace(" &", "&").replace("at::", "").replace("c10::", "").strip()
        (optional if default else needed).append(kind)
    return part, name, "; ".join(needed), "; ".join(optional)


entries = set()
body = (INCLUDE / "ATen/core/TensorBody.h").read_text()
for name, parameters in re.findall(r"^  [\w:<>, &]+?[ &>](\w+)\((.*)\) const;$", body, re.M):
    entries.add(entry("Tensor", name, parameters))
texts = [(path.read_text()) for path in sorted((INCLUDE / "ATen/ops").glob("*.h"))
         if not re.search(r"_(ops|native|meta|dispatch|compositeexplicit.*|compositeimplicit.*)$", path.stem)]
texts.append((INCLUDE / "torch/csrc/autograd/generated/variable_factories.h").read_text())
for text in texts:
    for name, parameters in re.findall(r"^inline [\w:<>, &]+?[ &>](\w+)\((.*)\) \{$", text, re.M):
        entries.add(entry("torch", name, parameters))
entries.discard(None)
lines = ["\t".join([*one, "absent"]) for one in sorted(entries)]
target = pathlib.Path(__file__).with_suffix(".tsv")
target.write_text("# part\tname\tparameters\tparameters with defaults\tstatus\n" + "\n".join(lines) + "\n")
