"""Does Python's transformers compute the logits that Reprise computed?

    python scripts/check-gpt2-export.py DIR...

Each DIR is a model directory in GPT-2 format with expected.safetensors (input_ids [batch, pos], logits [batch, pos, d_vocab]),
as `reprise run` and `reprise export` write it. Passes if every weight is used and
max |logits - expected| <= 1e-5 * max(1, max |expected|). Needs torch, transformers, safetensors (requirements-checks.txt).
"""
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging

TOLERANCE = 1e-5


def check(directory):
    expected = load_file(directory / "expected.safetensors")
    model, info = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, output_loading_info=True)
    left_over = {kind: names for kind, names in info.items() if names}
    with torch.no_grad():
        logits = model.eval()(expected["input_ids"]).logits
    if logits.shape != expected["logits"].shape:
        return False, f"logits are {list(logits.shape)}, expected {list(expected['logits'].shape)}"
    difference = (logits - expected["logits"]).abs().max().item()
    size = expected["logits"].abs().max().item()
    passed = difference <= TOLERANCE * max(1.0, size) and not left_over  # NaN does not pass
    return passed, f"max |difference| {difference:.2e}, max |logit| {size:.2f}" + (f", unused or missing: {left_over}" if left_over else "")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    failed = 0
    for name in sys.argv[1:]:
        passed, figures = check(Path(name))
        failed += not passed
        print(f"{'pass' if passed else 'FAIL'}  {name}  {figures}")
    sys.exit(1 if failed else 0)
