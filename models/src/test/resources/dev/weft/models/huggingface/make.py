"""Writes the folders beside it: small random models as transformers saves them, and the logits that it computes with them."""

import json
import pathlib

import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

HERE = pathlib.Path(__file__).parent
SIZES = dict(hidden_size=16, intermediate_size=24, num_attention_heads=4, vocab_size=32, max_position_embeddings=16)


def write(name, model, dtype=torch.float32, shard="1GB", older=None):
    torch.manual_seed(len(name))
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, 0.0 if parameter.dim() > 1 else 1.0, 0.3)
    model = model.to(dtype).eval()
    folder = HERE / name
    model.save_pretrained(folder, max_shard_size=shard)
    (folder / "generation_config.json").unlink(missing_ok=True)
    if older is not None:
        config = json.loads((folder / "config.json").read_text())
        config |= {"rope_theta": config.pop("rope_parameters")["rope_theta"], "rope_scaling": older}
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    tokens = torch.randint(0, 32, (2, 12))
    with torch.no_grad():
        logits = type(model).from_pretrained(folder, dtype=torch.float32)(tokens).logits
    expected = {"tokens": tokens.tolist(), "logits": [[round(x, 6) for x in row] for row in logits.flatten(0, 1).tolist()]}
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


# Keys and values in groups, a head of its own, a base and an epsilon that are nobody's default.
write("llama", LlamaForCausalLM(LlamaConfig(
    **SIZES, num_hidden_layers=2, num_key_value_heads=2, rms_norm_eps=1e-3,
    rope_parameters={"rope_type": "default", "rope_theta": 50.0}, bos_token_id=1, eos_token_id=2)))

# The same family with a tied head, in bf16, in several files.
write("llama-tied", LlamaForCausalLM(LlamaConfig(
    **SIZES, num_hidden_layers=1, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2)), torch.bfloat16, "2KB")

# Positions stretched as Llama 3.1 does it, so that some waves keep their length, some do not, and one lies between.
write("llama3", LlamaForCausalLM(LlamaConfig(
    **SIZES | dict(hidden_size=32), num_hidden_layers=1, num_key_value_heads=1, bos_token_id=1, eos_token_id=2,
    rope_parameters={"rope_type": "llama3", "rope_theta": 50.0, "factor": 8.0, "low_freq_factor": 0.3,
                     "high_freq_factor": 1.0, "original_max_position_embeddings": 8})))

# Positions stretched alike, in a file as older versions wrote it.
write("llama-linear", LlamaForCausalLM(LlamaConfig(
    **SIZES | dict(hidden_size=32), num_hidden_layers=1, num_key_value_heads=1, bos_token_id=1, eos_token_id=2,
    rope_parameters={"rope_type": "linear", "rope_theta": 50.0, "factor": 2.5})),
    older={"type": "linear", "factor": 2.5})

# YaRN with a factor of its own for queries and keys, between whole axes; and with one from two others, between parts of axes.
write("llama-yarn", LlamaForCausalLM(LlamaConfig(
    **SIZES | dict(hidden_size=32, num_attention_heads=2), num_hidden_layers=1, num_key_value_heads=1, bos_token_id=1, eos_token_id=2,
    rope_parameters={"rope_type": "yarn", "rope_theta": 50.0, "factor": 4.0,
                     "original_max_position_embeddings": 8, "beta_fast": 1.0, "beta_slow": 0.2, "attention_factor": 1.3})))
write("llama-yarn-parts", LlamaForCausalLM(LlamaConfig(
    **SIZES | dict(hidden_size=32, num_attention_heads=2), num_hidden_layers=1, num_key_value_heads=1, bos_token_id=1, eos_token_id=2,
    rope_parameters={"rope_type": "yarn", "rope_theta": 50.0, "factor": 2.0, "beta_fast": 1.5, "beta_slow": 0.15,
                     "mscale": 0.7, "mscale_all_dim": 0.3, "truncate": False})))

write("gpt2", GPT2LMHeadModel(GPT2Config(
    n_embd=16, n_layer=1, n_head=2, vocab_size=32, n_positions=16, bos_token_id=0, eos_token_id=0)), torch.float16)

# With a head of its own, which the published ones have not.
write("gpt2-separate", GPT2LMHeadModel(GPT2Config(
    n_embd=16, n_layer=1, n_head=2, vocab_size=32, n_positions=16, bos_token_id=0, eos_token_id=0,
    tie_word_embeddings=False)))
