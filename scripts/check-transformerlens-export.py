"""Does TransformerLens compute the logits that Reprise computed?

    python scripts/check-transformerlens-export.py DIR...

Each DIR holds transformer_lens.json (the arguments of HookedTransformerConfig), transformer_lens.safetensors (the state dict) and
expected.safetensors (input_ids [batch, pos], logits [batch, pos, d_vocab]). Passes if every weight is used and
max |logits - expected| <= 1e-5 * max(1, max |expected|). Needs the TransformerLens of requirements-checks.txt.
"""
import json
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore", category=DeprecationWarning)

import torch
from safetensors.torch import load_file
from transformer_lens import HookedTransformer, HookedTransformerConfig

TOLERANCE = 1e-5
# Made by HookedTransformer itself from the config; no parameters.
CONSTANTS = ("attn.mask", "attn.IGNORE", "attn.rotary_sin", "attn.rotary_cos")


def check(directory):
    description = json.loads((directory / "transformer_lens.json").read_text())
    model = HookedTransformer(HookedTransformerConfig(**description["cfg"]))
    info = model.load_state_dict(load_file(directory / "transformer_lens.safetensors"), strict=False)
    left_over = [n for n in info.missing_keys if not n.endswith(CONSTANTS)] + info.unexpected_keys
    expected = load_file(directory / "expected.safetensors")
    with torch.no_grad():
        logits = model.eval()(expected["input_ids"])
    if logits.shape != expected["logits"].shape:
        return False, f"logits are {list(logits.shape)}, expected {list(expected['logits'].shape)}"
    difference = (logits - expected["logits"]).abs().max().item()
    size = expected["logits"].abs().max().item()
    passed = difference <= TOLERANCE * max(1.0, size) and not left_over  # NaN does not pass
    return passed, f"max |difference| {difference:.2e}, max |logit| {size:.2f}" + (f", unused or missing: {left_over}" if left_over else "")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    failed = 0
    for name in sys.argv[1:]:
        passed, figures = check(Path(name))
        failed += not passed
        print(f"{'pass' if passed else 'FAIL'}  {name}  {figures}")
    sys.exit(1 if failed else 0)
