"""GPT-2 trained by PyTorch's wheel at its best: a side of `./weft bench`, which starts it.

Reads lines of JSON on standard input and answers each on standard output, as bench/README.md describes. With --compile the loss goes through
torch.compile. AdamW is fused, attention is PyTorch's own; bf16 is autocast.
"""

import argparse
import json
import math
import mmap
import struct
import sys
import time

import torch
from torch import nn
from torch.nn import functional


def read(path):
    """The tensors of a .safetensors file by name, copied."""
    kinds = {"F32": torch.float32, "I32": torch.int32}
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as data:
        (size,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8 : 8 + size])
        tensors = {}
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            begin, end = entry["data_offsets"]
            kind = kinds[entry["dtype"]]
            view = torch.frombuffer(data, dtype=kind, count=(end - begin) // 4, offset=8 + size + begin)
            tensors[name] = view.reshape(entry["shape"]).clone()
            del view
        return tensors


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 4 * width)
        self.proj = nn.Linear(4 * width, width)

    def forward(self, x):
        rows, length, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).split(width, dim=2)
        q, k, v = (t.view(rows, length, self.heads, width // self.heads).transpose(1, 2) for t in (q, k, v))
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(rows, length, width))
        return x + self.proj(functional.gelu(self.expand(self.norm2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, layers, heads, width, context, vocab):
        super().__init__()
        self.embed = nn.Embedding(vocab, width)
        self.position = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens, targets):
        x = self.embed(tokens) + self.position.weight[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        logits = functional.linear(self.norm(x), self.embed.weight)
        return functional.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


def load(model, weights):
    """Weft's paths are nearly PyTorch's; its linear weights are (in, out), PyTorch's (out, in)."""
    renamed = {}
    for path, tensor in weights.items():
        name = path.replace("attn.qkv", "qkv").replace("attn.proj", "out").replace("mlp.", "")
        linear = any(part in name for part in ("qkv.weight", "out.weight", "expand.weight", "proj.weight"))
        renamed[name] = tensor.t().contiguous() if linear else tensor
    model.load_state_dict(renamed)


def model_of(opening, device):
    constants = opening["constants"]
    model = GPT(*(constants[name] for name in ("layers", "heads", "width", "context", "vocab")))
    load(model, read(opening["weights"]))
    return model.to(device)


class Training:
    def __init__(self, opening, compiled, device="cpu"):
        self.device = device
        self.model = model_of(opening, device)
        self.loss = torch.compile(self.model) if compiled else self.model
        batches = read(opening["batches"])
        self.tokens = batches["tokens"].long().to(device)
        self.targets = batches["targets"].long().to(device)
        self.bf16 = opening["precision"] == "bf16"
        numbers = opening["optimizer"]
        self.rates = numbers["rates"]
        self.clip = numbers["clip"] if math.isfinite(numbers["clip"]) else 0
        parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p in parameters if p.dim() > 1], "weight_decay": numbers["decay"]},
                {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
            ],
            lr=numbers["lr"],
            betas=(numbers["beta1"], numbers["beta2"]),
            eps=numbers["eps"],
            fused=True,
        )

    def step(self, index):
        if index < len(self.rates):
            for group in self.optimizer.param_groups:
                group["lr"] = self.rates[index]
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.bf16):
            loss = self.loss(self.tokens[index], self.targets[index])
        loss.backward()
        if self.clip:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        self.optimizer.step()
        return loss.item()


def answer(line):
    print(json.dumps(line), flush=True)


def serve(name, work):
    """Answers until it is told to end. A step gives its loss, or what computes it, which is then not in its time."""
    runs = getattr(work, "runs", 1)
    answer({"ready": name})
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "end":
            return
        millis, losses = [], []
        for index in range(request["first"], request["first"] + request["count"]):
            start = time.perf_counter()
            loss = work.step(index)
            millis.append(1e3 * (time.perf_counter() - start) / runs)
            losses.append(loss() if callable(loss) else loss)
        answer({"millis": millis, "losses": losses})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compile", action="store_true")
    compiled = parser.parse_args().compile
    opening = json.loads(sys.stdin.readline())
    if opening["work"] != "train" or opening["program"] != "gpt":
        answer({"unavailable": f"gpt2.py: trains gpt, has no work {opening['work']} of {opening['program']}"})
        return
    torch.set_num_threads(opening["threads"])
    serve(f"torch {torch.__version__}" + (", torch.compile" if compiled else ""), Training(opening, compiled))


if __name__ == "__main__":
    main()
