"""A search by Optuna in the trials of trial_server.ts.

The argument is JSON: {"command": [...], "space": {...}, "sampler": "tpe", "pruner": "none" | "median" |
"asha", "seed": 1, "epochs": 360, "trialEpochs": 9}. Prints Optuna's version, then a line of JSON for each trial:
{"seconds", "trials", "epochs", "accuracy"}, counted from the first trial on. The search ends when the
trials have trained for so many epochs together; one that is not pruned has "trialEpochs".
"""

import json
import re
import subprocess
import sys
import time

import optuna

config = json.loads(sys.argv[1])
optuna.logging.set_verbosity(optuna.logging.ERROR)
PRUNERS = {
    "none": optuna.pruners.NopPruner,
    "median": optuna.pruners.MedianPruner,
    # The asynchronous successive halving of Li et al. 2020, in the steps of the other searches here.
    "asha": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3),
}

server = subprocess.Popen(
    config["command"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
)


def ask(line):
    server.stdin.write(line + "\n")
    server.stdin.flush()
    return answer()


def answer():
    line = server.stdout.readline()
    if not line:
        sys.exit("the trial server ended early; its error is above")
    return json.loads(line)


def suggest(trial, name, values):
    """A value of a distribution of lib/sweep/distribution.ts."""
    kind = values["distribution"]
    if kind == "choice":
        value = trial.suggest_categorical(name, values["values"])
        inner = re.fullmatch(r"(\w+)\(uniform\(([\d.]+), ([\d.]+)\)\)", value)
        if inner is None:
            return value
        word, low, high = inner.groups()
        return f"{word}({trial.suggest_float(f'{name} {word}', float(low), float(high))})"
    if kind == "wholeNumbers":
        return trial.suggest_int(name, values["from"], values["to"])
    return trial.suggest_float(name, values["from"], values["to"], log=kind == "logUniform")


trained = 0
begun = 0.0


def objective(trial):
    global trained
    settings = {name: suggest(trial, name, values) for name, values in config["space"].items()}
    message = ask(json.dumps(settings))
    pruned = False
    while "done" not in message:
        trained += 1
        trial.report(message["accuracy"], message["epoch"])
        pruned = message["epoch"] < config["trialEpochs"] and trial.should_prune()
        message = ask("stop" if pruned else "go")
    seconds = time.perf_counter() - begun
    event = {"seconds": seconds, "trials": trial.number + 1, "epochs": trained}
    print(json.dumps({**event, "accuracy": message["accuracy"]}), flush=True)
    if trained >= config["epochs"]:
        trial.study.stop()
    if pruned:
        raise optuna.TrialPruned()
    return message["accuracy"]


answer()
print(json.dumps(f"Optuna {optuna.__version__}"), flush=True)
study = optuna.create_study(
    direction="maximize",
    sampler=optuna.samplers.TPESampler(seed=config["seed"]),
    pruner=PRUNERS[config["pruner"]](),
)
begun = time.perf_counter()
study.optimize(objective, n_trials=10000)
server.stdin.close()
server.wait()
