"""Replays the decisions of a plan (see PruningBench) in a PyTorch script of greedy node pruning, and times some of its trials.

    python scripts/bench-circuits-peer.py CIRCUITS.PY DIRECTORY PLAN.json SAMPLES THREADS

CIRCUITS.PY is run as it stands, but for the one line that decides about a trial: SAMPLES trials, evenly spread over the backward
sweep, are run and timed; of the others only the decision is taken. Prints JSON: the mean of the sampled times, extrapolated to the
sweep, and the scores of the sampled trials.
"""
import contextlib
import io
import json
import sys
import tempfile
import time
from pathlib import Path

RULE = "if 100 * run() / full > 80:"


class SweepEnded(Exception):
    pass


def main(script, directory, plan, samples, threads):
    plan = json.loads(Path(plan).read_text())
    out = plan["out"]
    samples = min(int(samples), len(out))
    sampled = {round((i + 0.5) * len(out) / samples - 0.5) for i in range(samples)}
    trial, scores, seconds = iter(range(len(out) + 1)), {}, []

    def stays_out(run):
        now = next(trial)
        if now == len(out):
            raise SweepEnded
        if now in sampled:
            start = time.perf_counter()
            scores[now] = run()
            seconds.append(time.perf_counter() - start)
        return out[now]

    source = Path(script).read_text()
    if source.count(RULE) != 1:
        sys.exit(f"{script} has no line `{RULE}`")
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as prompts:
        for prompt in plan["prompts"]:
            prompts.write(json.dumps(prompt) + "\n")
        prompts.flush()
        sys.argv = [script, directory, "--mode", "prune", "--prompts", prompts.name, "--threads", threads]
        with contextlib.suppress(SweepEnded), contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source.replace(RULE, "if stays_out(run):"), script, "exec"), {"__name__": "__main__", "stays_out": stays_out})
    mean = sum(seconds) / len(seconds)
    print(json.dumps(dict(seconds_per_trial=mean, seconds_one_backward_sweep=mean * len(out), sampled=len(seconds), trials=len(out), scores=scores)))


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
