"""Records what PyTorch computes for losses, SELU, batch normalisation and training steps, in 64 bits.

    python3 lib/network/testing_pytorch.py > lib/network/testing_pytorch.json

The tests compare this project's numbers with the file, so they do not need PyTorch. Inputs are recorded
beside the results; nothing is random.
"""

import json
import math

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)


def numbers(rows, columns, phase):
    """Numbers without a pattern, about -2 to 2."""
    return torch.tensor(
        [[2 * math.sin(phase + 7 * r + 3.7 * c * (r + 1)) for c in range(columns)] for r in range(rows)]
    )


def plain(tensor):
    return tensor.detach().tolist()


def losses():
    outputs, labels = numbers(4, 5, 0.3), torch.tensor([2, 0, 4, 2])
    one_hot = functional.one_hot(labels, 5).double()
    kinds = {
        "crossEntropy": lambda z: functional.cross_entropy(z, labels),
        "crossEntropy, smoothing 0.1": lambda z: functional.cross_entropy(z, labels, label_smoothing=0.1),
        "binaryCrossEntropyMean": lambda z: functional.binary_cross_entropy_with_logits(z, one_hot),
        # PyTorch's sum goes over the images too.
        "binaryCrossEntropy": lambda z: functional.binary_cross_entropy_with_logits(
            z, one_hot, reduction="sum") / 4,
        "meanSquareError": lambda z: functional.mse_loss(z, one_hot, reduction="sum") / 4 / 2,
        "squaredErrorSum": lambda z: functional.mse_loss(z, one_hot, reduction="sum") / 4,
        "squaredErrorMean": lambda z: functional.mse_loss(z, one_hot),
    }
    results = {}
    for name, loss in kinds.items():
        z = outputs.clone().requires_grad_()
        value = loss(z)
        value.backward()
        results[name] = {"loss": value.item(), "gradient": plain(z.grad)}
    return {"outputs": plain(outputs), "labels": labels.tolist(), "results": results}


def selu():
    z = torch.tensor([-40.0, -5, -1.5, -0.5, -0.001, 0, 0.001, 0.7, 2, 6], requires_grad=True)
    value = functional.selu(z)
    value.sum().backward()
    return {"z": plain(z), "value": plain(value), "slope": plain(z.grad)}


def batch_normalization():
    """Two batches forward and back, then an evaluation."""
    layer = torch.nn.BatchNorm1d(3, eps=0.01, momentum=0.3)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.5, -0.4, 0.8]))
        layer.bias.copy_(torch.tensor([0.1, 0.2, -0.3]))
    parameters = {"scales": plain(layer.weight), "biases": plain(layer.bias)}
    batches = []
    for rows, phase in [(6, 0.1), (4, 1.9)]:
        z, error = numbers(rows, 3, phase).requires_grad_(), numbers(rows, 3, phase + 1)
        layer.zero_grad()
        y = layer(z)
        y.backward(error)
        batches.append({
            "z": plain(z), "y": plain(y), "error": plain(error), "zGradient": plain(z.grad),
            "scaleGradient": plain(layer.weight.grad), "biasGradient": plain(layer.bias.grad),
            "runningMean": plain(layer.running_mean), "runningVariance": plain(layer.running_var),
        })
    layer.eval()
    z = numbers(2, 3, 4.2)
    return {"momentum": 0.3, "epsilon": 0.01, **parameters, "batches": batches,
            "evaluation": {"z": plain(z), "y": plain(layer(z))}}


def training(optimizer_of):
    """Ten steps of 4-5-3-2 with batch normalisation in both hidden layers, tanh and SELU."""
    sizes = [(4, 5), (5, 3), (3, 2)]
    weights = [numbers(i, o, 0.5 * l).mul(0.4).requires_grad_() for l, (i, o) in enumerate(sizes)]
    biases = [numbers(1, o, 1 + l)[0].mul(0.1).requires_grad_() for l, (_, o) in enumerate(sizes)]
    scales = [torch.ones(o).requires_grad_() for _, o in sizes[:-1]]
    mean = [torch.zeros(o) for _, o in sizes[:-1]]
    variance = [torch.ones(o) for _, o in sizes[:-1]]
    start = {"weights": [plain(w) for w in weights], "biases": [plain(b) for b in biases]}
    inputs, labels = numbers(6, 4, 0.9), torch.tensor([0, 1, 1, 0, 1, 0])
    functions = [torch.tanh, functional.selu]

    def outputs(training):
        a = inputs
        for l, f in enumerate(functions):
            a = f(functional.batch_norm(a @ weights[l], mean[l], variance[l], scales[l], biases[l],
                                        training=training, momentum=0.1, eps=1e-5))
        return a @ weights[2] + biases[2]

    optimizer = optimizer_of([*weights, *biases, *scales])
    seen = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = functional.cross_entropy(outputs(True), labels, label_smoothing=0.2)
        loss.backward()
        optimizer.step()
        seen.append(loss.item())
    return {
        **start, "inputs": plain(inputs), "labels": labels.tolist(), "losses": seen,
        "after": {
            "weights": [plain(w) for w in weights], "biases": [plain(b) for b in biases],
            "scales": [plain(g) for g in scales], "mean": [plain(m) for m in mean],
            "variance": [plain(v) for v in variance],
        },
        "evaluation": plain(outputs(False)),
    }


print(json.dumps({
    "version": torch.__version__.split("+")[0],
    "losses": losses(),
    "selu": selu(),
    "batchNormalization": batch_normalization(),
    "training": {
        "sgd": training(lambda p: torch.optim.SGD(p, lr=0.5)),
        "momentum(0.9)": training(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
        "nesterov(0.9)": training(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)),
    },
}, separators=(",", ":")))
