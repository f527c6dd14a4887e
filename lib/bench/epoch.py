"""An epoch of mini-batch gradient descent in NumPy or PyTorch: what lib/bench/bench.ts compares with.

The same algorithm, in float32 on one core, written as one would write it: He normal weights, ReLU,
softmax with cross-entropy, a new random order, plain SGD. For every line on standard input, an epoch
is trained and its seconds are printed; the first line printed names the library and its version.

usage: epoch.py numpy|torch IMAGES LABELS LAYERS ACTIVATION BATCH_SIZE LEARNING_RATE
(IMAGES and LABELS are unpacked IDX files, LAYERS is 784,128,64,10)
"""

import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

SLOPE = 0.1


def load(images, labels):
    pixels = np.fromfile(images, np.uint8)[16:].reshape(-1, 784)
    digits = np.fromfile(labels, np.uint8)[8:]
    return pixels.astype(np.float32) / np.float32(255), digits


def numpy_trainer(x, digits, sizes, leaky, batch_size, rate):
    random = np.random.default_rng(1)
    weights = [
        (random.standard_normal((n, m)) * np.sqrt(2 / n)).astype(np.float32)
        for n, m in zip(sizes, sizes[1:])
    ]
    biases = [np.zeros(m, np.float32) for m in sizes[1:]]
    targets = np.eye(sizes[-1], dtype=np.float32)[digits]
    slope = np.float32(SLOPE if leaky else 0)
    rate = np.float32(rate)
    last = len(weights) - 1

    def epoch():
        order = random.permutation(len(x))
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            a = [x[batch]]
            for l in range(last + 1):
                z = a[-1] @ weights[l] + biases[l]
                if l < last or leaky:
                    z = np.where(z > 0, z, slope * z) if leaky else np.maximum(z, 0)
                a.append(z)
            e = np.exp(a[-1] - a[-1].max(axis=1, keepdims=True))
            delta = (e / e.sum(axis=1, keepdims=True) - targets[batch]) / np.float32(len(batch))
            for l in range(last, -1, -1):
                if l < last or leaky:
                    delta = delta * np.where(a[l + 1] > 0, np.float32(1), slope)
                gradient = a[l].T @ delta
                bias_gradient = delta.sum(axis=0)
                if l > 0:
                    delta = delta @ weights[l].T
                weights[l] -= rate * gradient
                biases[l] -= rate * bias_gradient

    return epoch


def torch_trainer(torch, x, digits, sizes, leaky, batch_size, rate):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    layers = []
    for l, (n, m) in enumerate(zip(sizes, sizes[1:])):
        linear = torch.nn.Linear(n, m)
        torch.nn.init.kaiming_normal_(linear.weight)
        torch.nn.init.zeros_(linear.bias)
        layers.append(linear)
        if leaky:
            layers.append(torch.nn.LeakyReLU(SLOPE))
        elif l < len(sizes) - 2:
            layers.append(torch.nn.ReLU())
    network = torch.nn.Sequential(*layers)
    optimizer = torch.optim.SGD(network.parameters(), lr=rate)
    loss = torch.nn.CrossEntropyLoss()
    images, labels = torch.from_numpy(x), torch.from_numpy(digits.astype(np.int64))

    def epoch():
        for batch in torch.randperm(len(images)).split(batch_size):
            optimizer.zero_grad()
            loss(network(images[batch]), labels[batch]).backward()
            optimizer.step()

    return epoch


def main():
    library, images, labels, layers, activation, batch_size, rate = sys.argv[1:]
    setting = (
        *load(images, labels),
        [int(n) for n in layers.split(",")],
        activation == "leakyRelu",
        int(batch_size),
        float(rate),
    )
    if library == "torch":
        import torch

        epoch = torch_trainer(torch, *setting)
        print(f"PyTorch {torch.__version__}", flush=True)
    else:
        epoch = numpy_trainer(*setting)
        print(f"NumPy {np.__version__}", flush=True)
    for _ in sys.stdin:
        begun = time.perf_counter()
        epoch()
        print(time.perf_counter() - begun, flush=True)


main()
