"""What PyTorch makes of a small problem: the numbers that this project's optimizers are tested against.

    python3 testing_pytorch.py optimizers > testing_pytorch_optimizers.csv
    python3 testing_pytorch.py schedules > testing_pytorch_schedules.csv

An optimizer minimises ½ Σ a (w − t)² + Σ n w in 64 bits over 100 steps, `n` being different in every
step. The parameters are the weights of a layer from three inputs to two units and its biases; only
weights are penalised.
"""

import csv
import sys

import torch
from torch.optim import lr_scheduler

SHOWN = (1, 2, 3, 10, 30, 100)
OPTIONS = ("l2", "l1", "weightDecay", "maxNorm", "clipValue", "clipNorm", "cycled")
OFF = {"l2": 0, "l1": 0, "weightDecay": 0, "maxNorm": "none", "clipValue": "none", "clipNorm": "none", "cycled": 0}


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2; PyTorch has no Lion. weight_decay is L2, as in torch.optim.Adam."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                m = state.setdefault("m", torch.zeros_like(p))
                g = p.grad + group["weight_decay"] * p
                p -= group["lr"] * torch.sign(beta1 * m + (1 - beta1) * g)
                state["m"] = beta2 * m + (1 - beta2) * g


# The project's text, its learning rate, and PyTorch's optimizer of the parameters' groups.
OPTIMIZERS = [
    ("sgd", 0.05, lambda p, lr: torch.optim.SGD(p, lr)),
    ("momentum(0.9)", 0.02, lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9)),
    ("nesterov(0.9)", 0.02, lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9, nesterov=True)),
    ("adaGrad", 0.1, lambda p, lr: torch.optim.Adagrad(p, lr)),
    ("adaDelta(0.95, 0.000001)", 1, lambda p, lr: torch.optim.Adadelta(p, lr, rho=0.95, eps=1e-6)),
    ("rmsProp(0.9)", 0.01, lambda p, lr: torch.optim.RMSprop(p, lr, alpha=0.9)),
    ("adam(0.9, 0.999)", 0.01, lambda p, lr: torch.optim.Adam(p, lr)),
    ("lion(0.9, 0.99)", 0.003, lambda p, lr: Lion(p, lr)),
]


def adam_w(decay):
    def make(groups, lr):
        weights, biases = groups
        groups = [{**weights, "weight_decay": decay}, {**biases, "weight_decay": 0}]
        return torch.optim.AdamW(groups, lr)

    return (f"adamW(0.9, 0.999, {decay})", 0.01, make)


def set_momentum(optimizer, momentum):
    """As torch.optim.lr_scheduler.OneCycleLR does."""
    for group in optimizer.param_groups:
        if "betas" in group:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


def descend(rate, make, options):
    """Yields the parameters after each of 100 steps."""
    wanted = {**OFF, **options}
    place = torch.arange(8, dtype=torch.float64)
    curvature, target = 1 + place / 4, (place % 3 - 1) / 2
    w = torch.tensor([[0.5, -0.25], [1, 0.75], [-1, 0.25]], dtype=torch.float64, requires_grad=True)
    b = torch.zeros(1, 2, dtype=torch.float64, requires_grad=True)
    groups = [{"params": [w], "weight_decay": wanted["l2"]}, {"params": [b], "weight_decay": 0}]
    optimizer = make(groups, rate)
    for step in range(1, 101):
        noise = ((7 * step + 3 * place) % 5 - 2) / 4
        every = torch.cat([w.flatten(), b.flatten()])
        loss = (0.5 * curvature * (every - target) ** 2 + noise * every).sum()
        optimizer.zero_grad()
        loss.backward()
        if wanted["clipValue"] != "none":
            torch.nn.utils.clip_grad_value_([w, b], wanted["clipValue"])
        if wanted["clipNorm"] != "none":
            torch.nn.utils.clip_grad_norm_([w, b], wanted["clipNorm"])
        # The penalty is no part of what is clipped.
        (wanted["l1"] * w.abs().sum()).backward()
        with torch.no_grad():
            w.mul_(1 - rate * wanted["weightDecay"])
        if wanted["cycled"]:
            set_momentum(optimizer, 0.85 + 0.01 * (3 * step % 11))
        optimizer.step()
        if wanted["maxNorm"] != "none":
            with torch.no_grad():
                w.copy_(torch.renorm(w, 2, 1, wanted["maxNorm"]))
        yield step, torch.cat([w.flatten(), b.flatten()]).tolist()


def optimizers(write):
    names = ["w00", "w01", "w10", "w11", "w20", "w21", "b0", "b1"]
    write(["pytorch", "optimizer", "learningRate", *OPTIONS, "step", *names])
    cases = [
        (one, options) for one in OPTIMIZERS for options in ({}, {"l2": 0.1}, {"weightDecay": 0.1})
    ]
    cases += [(adam_w(0.01), {}), (adam_w(0.1), {})]
    momentum = OPTIMIZERS[1]
    cases += [
        (momentum, options)
        for options in (
            {"l1": 0.1},
            {"maxNorm": 0.6},
            {"clipValue": 0.4},
            {"clipNorm": 0.7},
            {"l2": 0.1, "l1": 0.2, "weightDecay": 0.3, "maxNorm": 0.8, "clipValue": 0.5, "clipNorm": 0.9},
        )
    ]
    cases += [(one, {"cycled": 1}) for one in (momentum, OPTIMIZERS[2], OPTIMIZERS[6], adam_w(0.1))]
    for (name, rate, make), options in cases:
        for step, numbers in descend(rate, make, options):
            if step in SHOWN:
                write([torch.__version__, name, rate, *{**OFF, **options}.values(), step, *map(repr, numbers)])


# Validation losses after epochs: better by more and by less than a ten-thousandth (0.3998 by five of them),
# equal, and worse.
LOSSES = [1, 0.5, 0.49999, 0.6, 0.5, 0.4, 0.4, 0.41, 0.39999, 0.4, 0.3998, 0.3, 0.31, 0.32, 0.33, 0.34]
STEPS, PER_EPOCH = 64, 4


def of(scheduler, *args, **options):
    return lambda optimizer: scheduler(optimizer, *args, **options)


def warm_cosine(optimizer):
    rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / 5, total_iters=4)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS - 5)
    return lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[5])


CYCLE = {"max_lr": 1, "total_steps": STEPS}
# The project's text, PyTorch's scheduler, and whether it is asked after every step or every epoch.
SCHEDULES = [
    ("constant", of(lr_scheduler.ConstantLR, factor=1), "step"),
    ("step(0.5, 3, 7)", of(lr_scheduler.MultiStepLR, [2, 6], gamma=0.5), "epoch"),
    ("exponential(0.8)", of(lr_scheduler.ExponentialLR, gamma=0.8), "epoch"),
    ("polynomial(0.9)", of(lr_scheduler.PolynomialLR, total_iters=STEPS, power=0.9), "step"),
    ("cosine", of(lr_scheduler.CosineAnnealingLR, T_max=STEPS), "step"),
    ("warmup(5) + cosine", warm_cosine, "step"),
    (
        "oneCycle(0.3, 25, 10000)",
        of(lr_scheduler.OneCycleLR, **CYCLE, cycle_momentum=False),
        "step",
    ),
    (
        "oneCycle(0.4, 10, 100, 0.85, 0.95)",
        of(lr_scheduler.OneCycleLR, **CYCLE, pct_start=0.4, div_factor=10, final_div_factor=100),
        "step",
    ),
    (
        "cyclical(0.1, 3)",
        of(lr_scheduler.CyclicLR, base_lr=0.1, max_lr=1, step_size_up=3, cycle_momentum=False),
        "step",
    ),
    (
        "reduceOnPlateau(0.5, 2)",
        of(lr_scheduler.ReduceLROnPlateau, factor=0.5, patience=2),
        "plateau",
    ),
    (
        "reduceOnPlateau(0.3, 0)",
        of(lr_scheduler.ReduceLROnPlateau, factor=0.3, patience=0),
        "plateau",
    ),
]


def schedules(write):
    write(["pytorch", "schedule", "steps", "stepsPerEpoch", "step", "validationLoss", "factor", "momentum"])
    for text, make, asked in SCHEDULES:
        parameter = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([parameter], lr=1, momentum=0.9)
        scheduler = make(optimizer)
        cycles = text.count(",") == 4
        for step in range(1, STEPS + 1):
            group, loss = optimizer.param_groups[0], LOSSES[(step - 1) // PER_EPOCH]
            momentum = repr(group["momentum"]) if cycles else ""
            rate = repr(float(group["lr"]))
            write([torch.__version__, text, STEPS, PER_EPOCH, step, loss, rate, momentum])
            optimizer.step()
            if asked == "step":
                if step < STEPS:
                    scheduler.step()
            elif step % PER_EPOCH == 0:
                scheduler.step(*([loss] if asked == "plateau" else []))


def main():
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    {"optimizers": optimizers, "schedules": schedules}[sys.argv[1]](write)


main()
