"""What it takes to use a library: seconds to compile, bytes to ship, packages to install."""

import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from programs import median, print_table

MODEL = """
struct NetImpl : library::nn::Module {
  NetImpl()
      : lstm(register_module("lstm", library::nn::LSTM(library::nn::LSTMOptions(32, 50)))),
        linear(register_module("linear", library::nn::Linear(50, 2))) {}
  library::Tensor forward(const library::Tensor& x) { return linear->forward(std::get<0>(lstm->forward(x))); }
  library::nn::LSTM lstm;
  library::nn::Linear linear;
};
"""


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def cached(build, name):
    found = re.search(rf"^{name}:\w+=(.*)$", (build / "CMakeCache.txt").read_text(), re.MULTILINE)
    return found.group(1) if found and not found.group(1).endswith("NOTFOUND") else None


def compile_seconds(compiler, header, namespace, includes):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "model.cpp"
        source.write_text(f"#include <{header}>\nnamespace library = {namespace};\n{MODEL}")
        times = []
        for _ in range(3):
            start = time.monotonic()
            command = [compiler, "-std=c++20", "-O2", "-w", *(f"-I{path}" for path in includes), "-c", str(source)]
            subprocess.run([*command, "-o", str(Path(folder) / "model.o")], check=True)
            times.append(time.monotonic() - start)
        return median(times)


def stripped_size(library):
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / library.name
        shutil.copyfile(library.resolve(), copy)
        subprocess.run(["strip", str(copy)], check=True)
        return copy.stat().st_size


def packages_of(library):
    """The packages that own the libraries that the loader brings in, and all that these depend on."""
    owners = set()
    for path in re.findall(r"=> (/\S+)", output("ldd", str(library))):
        real = str(Path(path).resolve())
        for name in (real, real.removeprefix("/usr")):
            owner = output("dpkg", "-S", name).split(": ")[0]
            if owner:
                owners.add(owner.split(":")[0])
                break
    everything = set()
    waiting = list(owners)
    while waiting:
        package = waiting.pop()
        if package in everything:
            continue
        fields = output("dpkg-query", "-W", "-f", "${Pre-Depends}, ${Depends}", package)
        if not fields:
            continue
        everything.add(package)
        waiting += [re.split(r"[ (:|]", part.strip())[0] for part in fields.split(",") if part.strip()]
    return owners, everything


def report(build, root):
    compiler = cached(build, "CMAKE_CXX_COMPILER")
    cases = {"xgrad": ("xgrad/xgrad.h", "xgrad", [root], [build / "libxgrad.so"])}
    torch = cached(build, "TORCH_INCLUDE")
    if torch and (build / "benchmarks" / "steps_libtorch").exists():
        libraries = [Path(cached(build, name)) for name in ("TORCH_CPU_LIBRARY", "TORCH_LIBRARY", "C10_LIBRARY")]
        cases["libtorch"] = ("torch/torch.h", "torch", [torch, Path(torch) / "torch/csrc/api/include"], libraries)
    result = {}
    for name, (header, namespace, includes, libraries) in cases.items():
        owners, everything = packages_of(libraries[0])
        result[name] = {
            "compile_seconds": compile_seconds(compiler, header, namespace, includes),
            "stripped_bytes": sum(stripped_size(library) for library in libraries),
            "library_packages": sorted(owners),
            "all_packages": sorted(everything),
        }
    print_table("Footprint: a file that includes the library and defines a model, the library without symbols, the Debian "
                "packages of the libraries that it loads, and with all that these depend on.",
                ["", "seconds to compile", "library, MB", "packages", "with dependencies"],
                [[name, f"{found['compile_seconds']:.1f}", f"{found['stripped_bytes'] / 1e6:.1f}",
                  len(found["library_packages"]), len(found["all_packages"])] for name, found in result.items()])
    return result
