"""Epochs of mini-batch gradient descent in NumPy, PyTorch or JAX: the peers of lib/bench/bench.ts.

    epoch.py numpy|torch|jax TASK          TASK is the JSON that task.ts describes

The same algorithm in float32 on one core, written as each library's own users would write it: ReLU,
softmax with cross-entropy, a new random order every epoch, the first weights given; plain SGD,
momentum or Adam, by torch.optim and by the same formulas written out for NumPy and JAX. The
first line printed names the library and its version. For every line on standard input an epoch is
trained and a line of JSON printed: its seconds, and the accuracy on the test images afterwards,
which is outside the time. JAX compiles the whole epoch before the first one is timed.
"""

import json
import os
import sys
import time

LIBRARY, TASK = sys.argv[1], json.loads(sys.argv[2])
RULE, NUMBERS = TASK["optimizer"]["name"], TASK["optimizer"]["numbers"]
ONE_CORE = TASK["cores"] == 1
# The libraries read these when they are imported.
if ONE_CORE:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["XLA_FLAGS"] = (
        "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    )

import numpy as np


def read_images(images, labels, width, count=None):
    pixels = np.fromfile(images, np.uint8)[16:].reshape(-1, width)[:count]
    digits = np.fromfile(labels, np.uint8)[8:][:count]
    return pixels.astype(np.float32) / np.float32(255), digits


def read_parameters(path, sizes):
    numbers, layers = np.fromfile(path, np.float32), []
    for n, m in zip(sizes, sizes[1:]):
        weights, biases, numbers = np.split(numbers, [n * m, n * m + m])
        layers.append((weights.reshape(n, m).copy(), biases.copy()))
    return layers


def descend(xp, rate, p, g, state, t):
    """The parameters p and their state after step t, in NumPy or JAX (xp)."""
    if RULE == "momentum":
        v = NUMBERS[0] * state[0] + g
        return p - rate * v, (v,)
    if RULE == "adam":
        beta1, beta2 = NUMBERS
        m, v = state
        m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (g * g - v)
        size = xp.sqrt(v) / xp.sqrt(1 - beta2**t) + 1e-8
        return p - rate / (1 - beta1**t) * m / size, (m, v)
    return p - rate * g, ()


def zeros_for(xp, p):
    """The state of a parameter before the first step."""
    return tuple(xp.zeros_like(p) for _ in range({"momentum": 1, "adam": 2}.get(RULE, 0)))


class Numpy:
    name = f"NumPy {np.__version__}"

    def __init__(self, x, digits, parameters, slope, batch_size, rate):
        self.x, self.batch_size = x, batch_size
        self.weights = [w for w, _ in parameters]
        self.biases = [b for _, b in parameters]
        self.targets = np.eye(len(self.biases[-1]), dtype=np.float32)[digits]
        self.slope, self.rate = np.float32(slope), np.float32(rate)
        self.states = [(zeros_for(np, w), zeros_for(np, b)) for w, b in parameters]
        self.steps = np.float32(0)
        self.random = np.random.default_rng(1)

    def activate(self, l, z):
        if self.slope > 0:
            return np.where(z > 0, z, self.slope * z)
        return np.maximum(z, 0) if l < len(self.weights) - 1 else z

    def step(self, x, targets):
        a = [x]
        for l, (w, b) in enumerate(zip(self.weights, self.biases)):
            a.append(self.activate(l, a[-1] @ w + b))
        e = np.exp(a[-1] - a[-1].max(axis=1, keepdims=True))
        delta = (e / e.sum(axis=1, keepdims=True) - targets) / np.float32(len(x))
        self.steps += 1
        for l in reversed(range(len(self.weights))):
            if l < len(self.weights) - 1 or self.slope > 0:
                delta = delta * np.where(a[l + 1] > 0, np.float32(1), self.slope)
            gradient, bias_gradient = a[l].T @ delta, delta.sum(axis=0)
            if l > 0:
                delta = delta @ self.weights[l].T
            self.update(l, gradient, bias_gradient)

    def update(self, l, gradient, bias_gradient):
        if RULE == "sgd":
            self.weights[l] -= self.rate * gradient
            self.biases[l] -= self.rate * bias_gradient
            return
        (ws, bs), t = self.states[l], self.steps
        self.weights[l], ws = descend(np, self.rate, self.weights[l], gradient, ws, t)
        self.biases[l], bs = descend(np, self.rate, self.biases[l], bias_gradient, bs, t)
        self.states[l] = ws, bs

    def epoch(self):
        if self.batch_size == len(self.x):
            return self.step(self.x, self.targets)
        order = self.random.permutation(len(self.x))
        for start in range(0, len(order), self.batch_size):
            batch = order[start : start + self.batch_size]
            self.step(self.x[batch], self.targets[batch])

    def parameters(self):
        return list(zip(self.weights, self.biases))


class Torch:
    def __init__(self, x, digits, parameters, slope, batch_size, rate):
        import torch

        self.name = f"PyTorch {torch.__version__}"
        self.torch, self.batch_size = torch, batch_size
        if ONE_CORE:
            torch.set_num_threads(1)
        torch.manual_seed(1)
        modules, self.linears = [], []
        for l, (w, b) in enumerate(parameters):
            linear = torch.nn.Linear(*w.shape)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(w.T.copy()))
                linear.bias.copy_(torch.from_numpy(b))
            self.linears.append(linear)
            modules.append(linear)
            if slope > 0:
                modules.append(torch.nn.LeakyReLU(slope))
            elif l < len(parameters) - 1:
                modules.append(torch.nn.ReLU())
        self.network = torch.nn.Sequential(*modules)
        every = self.network.parameters()
        if RULE == "adam":
            self.optimizer = torch.optim.Adam(every, lr=rate, betas=NUMBERS)
        else:
            momentum = NUMBERS[0] if RULE == "momentum" else 0
            self.optimizer = torch.optim.SGD(every, lr=rate, momentum=momentum)
        self.loss = torch.nn.CrossEntropyLoss()
        self.images = torch.from_numpy(x)
        self.labels = torch.from_numpy(digits.astype(np.int64))

    def step(self, images, labels):
        self.optimizer.zero_grad()
        self.loss(self.network(images), labels).backward()
        self.optimizer.step()

    def epoch(self):
        if self.batch_size == len(self.images):
            return self.step(self.images, self.labels)
        for batch in self.torch.randperm(len(self.images)).split(self.batch_size):
            self.step(self.images[batch], self.labels[batch])

    def parameters(self):
        return [(l.weight.detach().numpy().T, l.bias.detach().numpy()) for l in self.linears]


class Jax:
    def __init__(self, x, digits, parameters, slope, batch_size, rate):
        import jax
        import jax.numpy as jnp

        self.name = f"JAX {jax.__version__}"
        self.jax, self.key = jax, jax.random.key(1)
        leaves, tree = jax.tree.flatten(parameters)
        self.tree = tree
        states = [zeros_for(jnp, p) for p in leaves]
        self.training = jax.device_put((leaves, states, np.float32(0)))
        images, labels = jnp.asarray(x), jnp.asarray(digits.astype(np.int32))
        count = len(x)

        def loss(layers, x, y):
            for l, (w, b) in enumerate(layers):
                x = x @ w + b
                if slope > 0:
                    x = jax.nn.leaky_relu(x, slope)
                elif l < len(layers) - 1:
                    x = jax.nn.relu(x)
            return -jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], axis=1).mean()

        def step(training, x, y):
            leaves, states, t = training
            gradients = jax.tree.leaves(jax.grad(loss)(jax.tree.unflatten(tree, leaves), x, y))
            t += 1
            pairs = [descend(jnp, rate, *one, t) for one in zip(leaves, gradients, states)]
            return [p for p, _ in pairs], [s for _, s in pairs], t

        def batch_step(training, batch):
            return step(training, images[batch], labels[batch]), None

        def epoch(training, key):
            if batch_size == count:
                return step(training, images, labels)
            order = jax.random.permutation(key, count)
            whole = count // batch_size * batch_size
            batches = order[:whole].reshape(-1, batch_size)
            training, _ = jax.lax.scan(batch_step, training, batches)
            return batch_step(training, order[whole:])[0] if whole < count else training

        self.train = jax.jit(epoch, donate_argnums=0).lower(self.training, self.key).compile()

    def epoch(self):
        self.key, key = self.jax.random.split(self.key)
        self.training = self.jax.block_until_ready(self.train(self.training, key))

    def parameters(self):
        layers = self.jax.tree.unflatten(self.tree, self.training[0])
        return [(np.asarray(w), np.asarray(b)) for w, b in layers]


def accuracy(parameters, slope, x, digits):
    for l, (w, b) in enumerate(parameters):
        x = x @ w + b
        if l < len(parameters) - 1 or slope > 0:
            x = np.where(x > 0, x, np.float32(slope) * x)
    return float((x.argmax(axis=1) == digits).mean())


def main():
    sizes, slope = TASK["layers"], TASK["slope"]
    trainer = {"numpy": Numpy, "torch": Torch, "jax": Jax}[LIBRARY](
        *read_images(TASK["images"], TASK["labels"], sizes[0], TASK["count"]),
        read_parameters(TASK["parameters"], sizes),
        slope,
        TASK["batchSize"],
        TASK["learningRate"],
    )
    test = read_images(TASK["testImages"], TASK["testLabels"], sizes[0])
    # As `stopwatch` of serve.ts.
    clock = time.process_time if ONE_CORE else time.perf_counter
    print(trainer.name, flush=True)
    for _ in sys.stdin:
        begun = clock()
        trainer.epoch()
        seconds = clock() - begun
        score = accuracy(trainer.parameters(), slope, *test)
        print(json.dumps({"seconds": seconds, "accuracy": score}), flush=True)


main()
