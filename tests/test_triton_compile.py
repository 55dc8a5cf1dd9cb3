"""The Triton kernels compile for GPUs without one, as Triton bundles the assembler."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hypgeo

pytest.importorskip("torch", reason="the Triton kernels take torch tensors")
pytest.importorskip("triton", reason="Triton is not installed")

CODE = """
import json, re, subprocess, sys, tempfile
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from hypgeo.gpu.triton_derivatives import derivatives_kernel
from hypgeo.gpu.triton_evaluate import evaluate_kernel
from hypgeo.gpu.triton_jit import OPTIONS
from hypgeo.gpu.triton_plan import plan_kernel
from hypgeo.gpu.triton_scan import scan_kernel

def local_bytes(cubin):
    # Local memory that the assembler has given to spilled registers.
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(cubin)
        file.flush()
        command = [triton.knobs.nvidia.cuobjdump.path, "-res-usage", file.name]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "LOCAL:" in text
    return sum(map(int, re.findall(r"(?:STACK|LOCAL):(\\d+)", text)))


name, capability, real = sys.argv[1], int(sys.argv[2]), sys.argv[3]
kernel = {"plan": plan_kernel, "evaluate": evaluate_kernel, "derivatives": derivatives_kernel,
          "scan": scan_kernel}[name]
constants = {"DIMENSIONS": 1, "RESUME": len(sys.argv) > 4, "WEIGHTED": False, "WHOLE": True}
constants |= {"plan": {"BLOCK": 1024, "TERMS": 8 if real == "fp64" else 4},
              "evaluate": {"CHUNK": 1024, "PACK": 32},
              "derivatives": {"CHUNK": 1024, "PACK": 32}, "scan": {"ROWS": 8}}[name]
types = {"order": "*i16", "codes": "*i8", "flags": "*i32", "tables": "*fp64", "m": "*fp64"}
types |= dict.fromkeys(("b", "c", "z", "out", "weight", "table"), f"*{real}")
types |= dict.fromkeys(("scale", "small_shift", "large_shift"), "fp64")
signature = {}
for parameter in kernel.params:
    if parameter.is_constexpr:
        signature[parameter.name] = "constexpr"
    else:
        signature[parameter.name] = types.get(parameter.name, "i64")
constants = {key: value for key, value in constants.items() if key in signature}
# Tables begin at multiples of 16 bytes, operands anywhere.
aligned = {(i,): [["tt.divisibility", 16]] for i, x in enumerate(signature)
           if x in ("table", "tables")}
source = ASTSource(kernel, signature, constexprs=constants, attrs=aligned)
warps = 4 if name == "plan" else 1
made = triton.compile(source, target=GPUTarget("cuda", capability, 32),
                      options={"num_warps": warps, **OPTIONS})
print(json.dumps({"ptx": made.asm["ptx"], "cubin": len(made.asm["cubin"]),
                  "spills": local_bytes(made.asm["cubin"])}))
"""


def compiled(cache: Path, *arguments: str) -> dict[str, object]:
    env = {**os.environ, "TRITON_CACHE_DIR": str(cache), "OMP_NUM_THREADS": "1"}
    env.pop("TRITON_INTERPRET", None)
    # A file, because the compiler reads the source of kernels, and where the package came from.
    env["PYTHONPATH"] = str(Path(hypgeo.__file__).parent.parent)
    command = [sys.executable, "-c", CODE, *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("name", "capability", "real"),
    [("plan", "80", "fp64"), ("plan", "90", "fp32"), ("scan", "90", "fp64")],
)
def test_kernels_compile(name, capability, real, tmp_path):
    made = compiled(tmp_path, name, capability, real)
    assert made["cubin"] > 1000
    check(made["ptx"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "capability", "more"),
    [
        *(("evaluate", "80", ()), ("evaluate", "90", ()), ("evaluate", "90", ("resume",))),
        ("derivatives", "90", ()),
    ],
)
def test_large_kernels_compile(name, capability, more, tmp_path):
    made = compiled(tmp_path, name, capability, "fp64", *more)
    assert made["spills"] == 0
    check(made["ptx"])


def check(text):
    """Products and sums are rounded one by one: without .rn the assembler may contract them."""
    assert not re.findall(r"\b(?:mul|add|sub)\.f(?:32|64)\b", text)
    assert re.search(r"\b(?:mul|add)\.rn\.f(?:32|64)\b", text)


def test_a_row_of_the_table_is_read_in_four_pieces(tmp_path):
    """Eight doubles by loads of two, one thread to a row, and nothing through shared memory."""
    text = compiled(tmp_path, "plan", "90", "fp64")["ptx"]
    assert len(re.findall(r"ld\.global\.v2\.b64", text)) == 4 * 1024 // 128
    assert len(re.findall(r"ld\.shared", text)) <= 1  # the flag
