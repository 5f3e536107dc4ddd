"""Writes the torch.save files of this directory, and beside each the same tensors as safetensors.

    python make_pickles.py            (PyTorch 2.13.0, safetensors 0.8.0; run in this directory)

The files are only ever loaded by Reprise's own reader. attack-*.bin try to run a harmless command when Python loads them.
"""

import collections
import json
import operator
import os
import pathlib

import torch
from safetensors.torch import load_file, save_file

torch.manual_seed(7)


def write(name, tensors, saved=None, **options):
    torch.save(tensors if saved is None else saved, f"{name}.bin", **options)
    plain = {key: value.detach().clone().contiguous() for key, value in tensors.items()}
    save_file(plain, f"{name}.safetensors", {"format": "pt"})


def both(name, tensors, saved=None):
    write(f"zip-{name}", tensors, saved)
    write(f"legacy-{name}", tensors, saved, _use_new_zipfile_serialization=False)


class Tiny(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = torch.nn.Embedding(11, 4)
        self.block = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.LayerNorm(6), torch.nn.Linear(6, 4))
        self.lm_head = torch.nn.Linear(4, 11, bias=False)
        self.lm_head.weight = self.wte.weight  # tied: one storage, two names
        self.register_buffer("mask", torch.tril(torch.ones(3, 3, dtype=torch.bool)))


model = Tiny()
for name, dtype in {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}.items():
    model.to(dtype)
    both(name, model.state_dict())
model.to(torch.float32)
write("zip-protocol4", model.state_dict(), pickle_protocol=4)

# Parameters instead of plain tensors, in a plain dict.
both("parameters", {"w": torch.nn.Parameter(torch.randn(2, 3)), "b": torch.nn.Parameter(torch.randn(3), False)})

base = torch.randn(6, 5)
cube = torch.randn(3, 4, 5)
both(
    "views",
    {
        "whole": base,
        "transposed": base.t(),
        "rows": base[2:5],
        "columns": base[:, 1:4],
        "every_second_row": base[::2],
        "every_second_column": base[:, ::2],
        "one_column": base[:, 3],
        "far_apart": torch.randn(400)[::100],
        "transposed_slice": base.t()[1:3, 2:],
        "cube": cube,
        "permuted": cube.permute(2, 0, 1),
        "swapped": cube.transpose(0, 1),
        "inner": cube[:, 1:3, 1:4],
        "inner_transposed": cube.transpose(1, 2)[1:],
        "four": torch.randn(2, 1, 3, 2).permute(3, 1, 2, 0),
        "expanded_back": torch.randn(2, 3).expand(1, 2, 3),
        "scalar": torch.tensor(2.5),
        "element": base[3, 2],
        "empty": torch.zeros(0, 3),
        "narrow": torch.zeros(3, 0),
    },
)

types = {}
for dtype in (torch.float64, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8):
    types[str(dtype)[6:]] = torch.tensor([[1, 2, 3], [4, 5, 100]]).to(dtype).t()
types["bool"] = torch.tensor([True, False, True])
types["f64"] = torch.randn(3, dtype=torch.float64)
both("types", types)

# A model directory, its golden's weights as pytorch_model.bin, and as two shards.
golden = pathlib.Path("../goldens/gpt2")
weights = load_file(golden / "model.safetensors")
ours = collections.OrderedDict((name, weights[name]) for name in weights)
ours["lm_head.weight"] = ours["transformer.wte.weight"]
pathlib.Path("gpt2").mkdir(exist_ok=True)
torch.save(ours, "gpt2/pytorch_model.bin")

pathlib.Path("gpt2/config.json").write_bytes((golden / "config.json").read_bytes())

tiny = model.state_dict()
names = list(tiny)
pathlib.Path("shards").mkdir(exist_ok=True)
index = {}
for i, part in enumerate((names[:3], names[3:])):
    shard = f"pytorch_model-{i + 1:05d}-of-00002.bin"
    torch.save({name: tiny[name] for name in part}, f"shards/{shard}")
    index.update({name: shard for name in part})
with open("shards/pytorch_model.bin.index.json", "w") as out:
    json.dump({"metadata": {"total_size": 0}, "weight_map": index}, out, indent=2, sort_keys=True)


class Attack:
    """Loading calls the function."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


attacks = {
    "system": Attack(os.system, "echo attacked"),
    "exec": Attack(exec, "print('attacked')"),
    "eval": Attack(eval, "print('attacked')"),
    "attrgetter": Attack(operator.attrgetter, "system"),
}
for name, attack in attacks.items():
    torch.save({"w": torch.ones(2), "x": attack}, f"attack-{name}.bin")
    torch.save({"w": torch.ones(2), "x": attack}, f"attack-{name}-legacy.bin", _use_new_zipfile_serialization=False)
# The whole module instead of its state dict; an element type that we lack; an optimiser's state beside the weights.
torch.save(torch.nn.Linear(2, 2), "refused-module.bin")
torch.save({"w": torch.arange(3).to(torch.uint16)}, "refused-uint16.bin")
torch.save({"w": torch.zeros(2, dtype=torch.complex64)}, "refused-complex.bin")
torch.save({"w": torch.ones(2), "epoch": 3}, "refused-epoch.bin")
torch.save(torch.ones(2), "refused-tensor.bin")
torch.save({"w": torch.ones(1).expand(1000)}, "refused-expanded.bin")
torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), "refused-script.bin")
