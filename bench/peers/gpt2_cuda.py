"""GPT-2 and pieces of it by PyTorch's wheel at its best on a GPU: a side of `./weft bench --suite cuda`, which starts it.

Reads lines of JSON on standard input and answers each on standard output, as bench/README.md describes. With --compile everything goes through
torch.compile. Training: autocast to bf16, fused AdamW, the fastest of PyTorch's implementations of attention, tried when it begins. Decoding: keys
and values in tensors that are made once, as one CUDA graph. With --rates it prints what PyTorch reaches here instead, in GFLOP/s and GB/s.
Runs on other devices too, slowly: --device cpu.
"""

import argparse
import contextlib
import json
import sys
import time

import torch
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

import gpt2

KINDS = {"f32": torch.float32, "bf16": torch.bfloat16}
IMPLEMENTATIONS = {
    "cuDNN": SDPBackend.CUDNN_ATTENTION,
    "flash": SDPBackend.FLASH_ATTENTION,
    "efficient": SDPBackend.EFFICIENT_ATTENTION,
    "plain": SDPBackend.MATH,
}


class Device:
    """What is asked of PyTorch's device, and which of its attentions is chosen."""

    def __init__(self, name, compiled):
        self.name = name
        self.compiled = compiled
        self.attention = contextlib.nullcontext

    def wait(self):
        if self.name == "cuda":
            torch.cuda.synchronize()

    def compile(self, function, **options):
        return torch.compile(function, **options) if self.compiled else function

    def fastest_attention(self, shape, kind):
        """Times forward and backward of each implementation; the fastest is used from here on. Its name."""
        q, k, v = (torch.randn(shape, device=self.name, dtype=kind, requires_grad=True) for _ in range(3))
        gradient = torch.randn_like(q)
        times = {}
        for name, implementation in IMPLEMENTATIONS.items():
            if name == "plain" and times:
                continue
            try:
                with sdpa_kernel(implementation):
                    for _ in range(3):
                        self.wait()
                        start = time.perf_counter()
                        result = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
                        torch.autograd.grad(result, (q, k, v), gradient)
                        self.wait()
                        times[name] = time.perf_counter() - start
            except RuntimeError:
                continue
        best = min(times, key=times.get)
        self.attention = lambda: sdpa_kernel(IMPLEMENTATIONS[best])
        return best


class Training(gpt2.Training):
    def __init__(self, opening, device):
        constants = opening["constants"]
        shape = (opening["batch"], constants["heads"], opening["length"], constants["width"] // constants["heads"])
        self.says = device.fastest_attention(shape, KINDS[opening["precision"]]) + " attention"
        self.attention = device.attention
        super().__init__(opening, device.compiled, device.name)

    def step(self, index):
        with self.attention():
            return super().step(index)


class Decoder(torch.nn.Module):
    """The model for one token at a time: the logits behind it."""

    def __init__(self, model, constants, kind, device):
        super().__init__()
        self.model = model
        self.heads = constants["heads"]
        self.size = constants["width"] // self.heads
        shape = (constants["layers"], 2, 1, self.heads, constants["context"], self.size)
        self.register_buffer("cache", torch.zeros(shape, device=device, dtype=kind))
        self.register_buffer("places", torch.arange(constants["context"], device=device))

    def forward(self, token, at):
        model = self.model
        x = model.embed(token) + model.position(at)
        seen = (self.places <= at).view(1, 1, 1, -1)
        for number, block in enumerate(model.blocks):
            q, k, v = block.qkv(block.norm1(x)).chunk(3, dim=-1)
            q, k, v = (t.view(1, 1, self.heads, self.size).transpose(1, 2) for t in (q, k, v))
            self.cache[number, 0].index_copy_(2, at, k)
            self.cache[number, 1].index_copy_(2, at, v)
            mixed = functional.scaled_dot_product_attention(q, self.cache[number, 0], self.cache[number, 1], attn_mask=seen)
            x = x + block.out(mixed.transpose(1, 2).reshape(1, 1, -1))
            x = x + block.proj(functional.gelu(block.expand(block.norm2(x)), approximate="tanh"))
        return functional.linear(model.norm(x), model.embed.weight)


class Decoding:
    says = "static cache"

    def __init__(self, opening, device):
        self.device = device
        kind = KINDS[opening["precision"]]
        model = gpt2.model_of(opening, device.name).to(kind).eval()
        self.decoder = Decoder(model, opening["constants"], kind, device.name)
        mode = {"mode": "reduce-overhead", "fullgraph": True} if device.name == "cuda" else {}
        self.run = device.compile(self.decoder, **mode)
        batches = gpt2.read(opening["batches"])
        self.tokens = batches["tokens"].long().to(device.name)
        self.targets = batches["targets"].long().to(device.name)
        self.at = torch.zeros(1, dtype=torch.long, device=device.name)
        with torch.inference_mode():
            for _ in range(4):
                self.run(self.tokens[0], self.at)
            device.wait()

    @torch.inference_mode()
    def step(self, index):
        self.at.fill_(index)
        logits = self.run(self.tokens[index], self.at)
        self.device.wait()
        return lambda: functional.cross_entropy(logits.float().view(1, -1), self.targets[index].view(-1)).item()


class Piece:
    """A piece of a model on tensors that stay where they are. `once` does it, `check` makes a number of what came out."""

    says = ""

    def __init__(self, opening, device):
        self.device = device
        self.runs = opening["length"]
        self.kind = KINDS[opening["precision"]]
        self.fill(**opening["constants"])

    def noise(self, first, *shape):
        count = 1
        for size in shape:
            count *= size
        place = torch.arange(count, device=self.device.name, dtype=torch.int32)
        return (((place % 4093 + first) * 7919 % 4093).float() / 4093 - 0.5).view(shape)

    def compile(self, function):
        return self.device.compile(function)

    def step(self, index):
        for _ in range(self.runs):
            self.once()
        self.device.wait()
        return lambda: float(self.check())


def squares(x):
    return (x.float() ** 2).mean()


class Copy(Piece):
    def fill(self, n):
        self.x = self.noise(1, n)
        self.y = torch.empty_like(self.x)

    def once(self):
        torch.neg(self.x, out=self.y)

    def check(self):
        return squares(self.y)


class ResidualNorm(Piece):
    def fill(self, rows, width):
        self.x, self.made = self.noise(1, rows, width), self.noise(2, rows, width)
        self.weight, self.bias = (f(width, device=self.device.name) for f in (torch.ones, torch.zeros))

        def both(x, made, weight, bias):
            s = x + made
            return s, functional.layer_norm(s, (width,), weight, bias)

        self.both = self.compile(both)

    def once(self):
        self.s, self.y = self.both(self.x, self.made, self.weight, self.bias)

    def check(self):
        return self.y.abs().mean()


class NormBackward(Piece):
    def fill(self, rows, width):
        self.x, self.dy = self.noise(1, rows, width), self.noise(2, rows, width)
        self.weight = 1 + self.noise(3, width)
        bias = torch.zeros_like(self.weight)
        _, mean, scale = torch.native_layer_norm(self.x, (width,), self.weight, bias, 1e-5)

        def backward(dy, x, weight):
            return torch.ops.aten.native_layer_norm_backward(dy, x, (width,), mean, scale, weight, bias, [True] * 3)

        self.backward = self.compile(backward)

    def once(self):
        self.dx, self.dweight, self.dbias = self.backward(self.dy, self.x, self.weight)

    def check(self):
        return squares(self.dx) + self.dweight.abs().mean() + self.dbias.abs().mean()


class Gelu(Piece):
    def fill(self, n):
        self.x = 6 * self.noise(1, n)
        self.gelu = self.compile(lambda x: functional.gelu(x, approximate="tanh"))

    def once(self):
        self.y = self.gelu(self.x)

    def check(self):
        return squares(self.y)


class CrossEntropy(Piece):
    def fill(self, rows, vocab):
        self.logits = 6 * self.noise(1, rows, vocab)
        self.targets = torch.arange(rows, device=self.device.name) * 31 % vocab
        classes = torch.arange(vocab, device=self.device.name)

        def value_and_gradient(logits, targets):
            total = torch.logsumexp(logits, -1)
            chosen = logits.gather(1, targets[:, None])[:, 0]
            gradient = torch.exp(logits - total[:, None]) - (classes == targets[:, None]).float()
            return (total - chosen).sum(), gradient

        self.both = self.compile(value_and_gradient)

    def once(self):
        self.nats, self.gradient = self.both(self.logits, self.targets)

    def check(self):
        rows = self.targets.numel()
        return self.nats / rows + (self.gradient * self.gradient).sum() / rows


class AdamW(Piece):
    def fill(self, n):
        self.w = torch.nn.Parameter(self.noise(1, n))
        self.w.grad = self.noise(2, n)
        self.optimizer = torch.optim.AdamW([self.w], lr=6e-4, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1, fused=True)

    def once(self):
        self.optimizer.step()

    def check(self):
        return squares(self.w.detach())


class EmbeddingBackward(Piece):
    def fill(self, rows, width, vocab):
        self.dy = self.noise(1, rows, width)
        self.ids = torch.arange(rows, device=self.device.name) * 31 % vocab
        self.vocab = vocab

    def once(self):
        self.table = torch.ops.aten.embedding_dense_backward(self.dy, self.ids, self.vocab, -1, False)

    def check(self):
        return (self.table * self.table).sum() / self.ids.numel()


class AttentionForward(Piece):
    def fill(self, batch, heads, length, size):
        shape = (batch, heads, length, size)
        self.q, self.k = (4 * self.noise(first, *shape) for first in (1, 2))
        self.q, self.k, self.v = (t.to(torch.bfloat16) for t in (self.q, self.k, self.noise(3, *shape)))
        self.says = self.device.fastest_attention(shape, torch.bfloat16) + " attention"

    def once(self):
        with torch.no_grad(), self.device.attention():
            self.o = functional.scaled_dot_product_attention(self.q, self.k, self.v, is_causal=True)

    def check(self):
        return squares(self.o)


class Attention(AttentionForward):
    def fill(self, batch, heads, length, size):
        super().fill(batch, heads, length, size)
        self.gradient = self.noise(4, batch, heads, length, size).to(torch.bfloat16)
        self.leaves = tuple(t.requires_grad_() for t in (self.q, self.k, self.v))

    def once(self):
        with self.device.attention():
            self.o = functional.scaled_dot_product_attention(*self.leaves, is_causal=True)
            self.gradients = torch.autograd.grad(self.o, self.leaves, self.gradient)

    def check(self):
        return squares(self.o.detach()) + sum(squares(g) for g in self.gradients)


PIECES = {
    "copy": Copy,
    "residual-norm": ResidualNorm,
    "norm-backward": NormBackward,
    "gelu": Gelu,
    "cross-entropy": CrossEntropy,
    "adamw": AdamW,
    "embedding-backward": EmbeddingBackward,
    "attention-forward": AttentionForward,
    "attention": Attention,
}


def work_of(opening, device):
    """The work, or None where there is none of this name."""
    work, program = opening["work"], opening["program"]
    if work == "piece":
        return PIECES[program](opening, device) if program in PIECES else None
    if program != "gpt":
        return None
    return {"train": Training, "decode": Decoding}.get(work, lambda *_: None)(opening, device)


def least_seconds(device, function, times=12):
    least = float("inf")
    for _ in range(times):
        device.wait()
        start = time.perf_counter()
        function()
        device.wait()
        least = min(least, time.perf_counter() - start)
    return least


def rates(device):
    size, count = (8192, 1 << 28) if device.name == "cuda" else (512, 1 << 22)
    for name, kind in KINDS.items():
        a, b = (torch.randn(size, size, device=device.name, dtype=kind) for _ in range(2))
        print(name, 2 * size**3 / least_seconds(device, lambda: a @ b) / 1e9)
    x = torch.randn(count, device=device.name)
    y = torch.empty_like(x)
    print("read", x.nbytes / least_seconds(device, lambda: x.sum()) / 1e9)
    print("copy", 2 * x.nbytes / least_seconds(device, lambda: y.copy_(x)) / 1e9)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--rates", action="store_true")
    arguments = parser.parse_args()
    device = Device(arguments.device, arguments.compile)
    lack = None
    if arguments.device == "cuda" and not torch.cuda.is_available():
        lack = f"gpt2_cuda.py: torch {torch.__version__} sees no CUDA device here"
    if arguments.rates:
        return sys.exit(lack) if lack else rates(device)
    opening = json.loads(sys.stdin.readline())
    try:
        work = None if lack else work_of(opening, device)
    except torch.OutOfMemoryError as error:
        lack = "gpt2_cuda.py: " + str(error).split("\n", maxsplit=1)[0]
    if lack or work is None:
        lack = lack or f"gpt2_cuda.py: has no work {opening['work']} of {opening['program']}"
        return gpt2.answer({"unavailable": lack})
    parts = [f"torch {torch.__version__}", "torch.compile" if device.compiled else "", work.says]
    return gpt2.serve(", ".join(part for part in parts if part), work)


if __name__ == "__main__":
    main()
