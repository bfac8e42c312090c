package dev.weft.bench.suite;

import dev.weft.bench.protocol.Opening;
import dev.weft.bench.suite.CommandRow.Measure;
import dev.weft.bench.suite.Contestant.Kind;
import java.util.List;

/** The suite {@code cpu}: what is timed, beside whom, and what it must reach. */
final class Rows {

    private static final int THREADS = 2;
    private static final double GB = 1e9;

    private static final Contestant WEFT = Contestant.weft("f32");
    private static final Contestant WEFT_BF16 = Contestant.weft("bf16");
    /** Products in bf16, weights in int8. */
    private static final Contestant WEFT_INT8 = Contestant.weft("int8");

    /** Weights in int8, the cache of 1,024 positions, and 300 MB for all else. */
    private static final double HELD_BYTES =
            Shape.gpt2().decodeBytes(TurnRow.INT8_BYTES) + 2.0 * 12 * 768 * 1024 * Float.BYTES + 0.3 * GB;

    private static final Contestant ALONE = new Contestant(Kind.WEFT, "f32", 1);
    private static final Contestant REWRITTEN = new Contestant(Kind.REWRITTEN, "f32", THREADS);
    private static final Contestant TORCH = Contestant.libtorch("f32");
    private static final Contestant TORCH_BF16 = Contestant.libtorch("bf16");
    private static final Contestant EAGER = new Contestant(Kind.EAGER, "f32", THREADS);
    private static final Contestant EAGER_BF16 = new Contestant(Kind.EAGER, "bf16", THREADS);
    private static final Contestant COMPILED = new Contestant(Kind.COMPILED, "f32", THREADS);
    private static final Contestant COMPILED_BF16 = new Contestant(Kind.COMPILED, "bf16", THREADS);

    private static final List<String> STEP =
            List.of("compile", "gpt", "--entry", "step", "--dim", "B=4,T=64", "--set", sizes(12, 12, 768, 1024, 50257));

    private Rows() {}

    /** All rows, in the order in which they run. */
    static List<Row> cpu() {
        return List.of(
                train("gpt2", "GPT-2 124M", Shape.gpt2(), 4, 64, 3)
                        .of(WEFT, TORCH, EAGER, COMPILED)
                        .must(
                                Target.times(2.0, TORCH.name()),
                                Target.seconds(0.60),
                                Target.shareOfLimit(0.70),
                                Target.resident(2.5 * GB)),
                train("gpt2-bf16", "GPT-2 124M", Shape.gpt2(), 4, 64, 3)
                        .of(WEFT_BF16, TORCH_BF16, WEFT, EAGER_BF16, COMPILED_BF16)
                        .must(
                                Target.times(2.8, TORCH_BF16.name()),
                                Target.seconds(0.36),
                                Target.times(1.5, WEFT.name()),
                                Target.times(1.45, COMPILED_BF16.name())),
                train("gpt2-1024", "GPT-2 124M", Shape.gpt2(), 1, 1024, 2)
                        .of(WEFT, TORCH, COMPILED)
                        .must(Target.times(1.6, TORCH.name())),
                train("gpt2-1024-bf16", "GPT-2 124M", Shape.gpt2(), 1, 1024, 2)
                        .of(WEFT_BF16, TORCH, EAGER_BF16, COMPILED_BF16)
                        .must(Target.times(2.8, TORCH.name()), Target.seconds(1.4)),
                train("nanogpt", "nanoGPT's recipe for a CPU", Shape.gpt(4, 4, 128, 64, 65), 12, 64, 20)
                        .by(Recipe.NANO_GPT)
                        .of(WEFT, TORCH),
                train("llama", "llama.weft of GPT-2's size", Shape.llamaOfGpt2(), 4, 64, 3)
                        .of(WEFT, TORCH)
                        .must(Target.times(1.5, TORCH.name())),
                train("odd-vocabulary", "6 layers, width 512, 10,007 tokens", Shape.gpt(6, 8, 512, 96, 10007), 3, 96, 8)
                        .of(WEFT, TORCH)
                        .must(Target.times(1.5, TORCH.name())),
                train("odd-length", "5 layers, width 640, 32,003 tokens", Shape.gpt(5, 10, 640, 333, 32003), 2, 333, 3)
                        .of(WEFT, TORCH)
                        .must(Target.times(1.5, TORCH.name())),
                train(
                                "deep-and-thin",
                                "24 layers, width 192, 5,003 tokens",
                                Shape.gpt(24, 6, 192, 128, 5003),
                                4,
                                128,
                                6)
                        .of(WEFT, TORCH)
                        .must(Target.times(1.5, TORCH.name())),
                read("decode", 1, 32).of(WEFT, TORCH).must(Target.shareOfLimit(0.85)),
                read("decode-bf16", 1, 32).of(WEFT_BF16, TORCH_BF16).must(Target.shareOfLimit(0.85)),
                read("decode-int8", 1, 32)
                        .of(WEFT_INT8, WEFT_BF16)
                        .must(Target.shareOfLimit(0.80), Target.resident(HELD_BYTES)),
                samples("decode-batch", "f32", "f32", "f32"),
                samples("decode-batch-bf16", "bf16", "bf16", "bf16"),
                samples(
                        "decode-batch-int8",
                        "int8, products of integers; one by one in bf16",
                        Opening.INTEGERS,
                        "int8"),
                read("prefill", 512, 3).of(WEFT, TORCH),
                read("prefill-bf16", 512, 3).of(WEFT_BF16, TORCH_BF16).must(Target.shareOfLimit(0.70)),
                train("threads", "GPT-2 124M", Shape.gpt2(), 4, 64, 3)
                        .of(WEFT, ALONE)
                        .must(Target.times(1.8, ALONE.name())),
                train("rewritten", "GPT-2 124M in other words", Shape.gpt2(), 4, 64, 3)
                        .of(WEFT, REWRITTEN)
                        .must(Target.near(0.05, REWRITTEN.name())),
                new CommandRow(
                        "compile-cold", "compile the 124M step, nothing cached", STEP, true, Measure.COMPILE, 1.0),
                new CommandRow(
                        "compile-cached", "compile the 124M step from the cache", STEP, false, Measure.COMPILE, 0.1),
                new CommandRow(
                        "command-cold", "weft compile, 124M step, nothing cached", STEP, true, Measure.WALL, 2.0),
                new CommandRow(
                        "command-cached", "weft compile, 124M step, from the cache", STEP, false, Measure.WALL, 0.6),
                new CommandRow(
                        "passes",
                        "lowering and all passes, 5,000 operations, a cold JVM",
                        List.of(
                                "compile",
                                "gpt",
                                "--entry",
                                "step",
                                "--dim",
                                "B=1,T=8",
                                "--set",
                                sizes(8, 2, 8, 8, 16)),
                        true,
                        Measure.PASSES,
                        0.3),
                new CommandRow(
                        "first-token",
                        "weft generate on a small run, until the first token",
                        List.of("generate", CommandRow.RUN, "--prompt", "the", "--max-tokens", "1"),
                        false,
                        Measure.WALL,
                        0.6),
                RecipeRow.cpu(),
                TokenizerRow.gpt2(),
                CompressionRow.shakespeare());
    }

    private static String sizes(int layers, int heads, int width, int context, int vocabulary) {
        return "layers=%d,heads=%d,width=%d,context=%d,vocab=%d".formatted(layers, heads, width, context, vocabulary);
    }

    /** A training step of a model, so many in a turn. */
    static TurnRow train(String name, String model, Shape shape, int batch, int length, int steps) {
        String title = "%s, a training step, B=%d T=%d".formatted(model, batch, length);
        return new TurnRow(name, title, "train", shape, batch, length, steps, Recipe.USUAL, List.of(), List.of());
    }

    /** GPT-2 drawing sixteen texts at once, and one by one; one row is bound by reading weights, whatever multiplies them. */
    private static Row samples(String name, String what, String precision, String ofOne) {
        Contestant single = new Contestant(Kind.ONE_BY_ONE, ofOne, THREADS);
        return new SamplesRow(
                name,
                "GPT-2 124M, 16 tokens of 16 texts at once, drawn, " + what,
                Shape.gpt2(),
                16,
                16,
                Contestant.weft(precision),
                single,
                List.of(Target.times(5.0, single.name())));
    }

    /** GPT-2 reading so many tokens at once. */
    private static TurnRow read(String name, int length, int steps) {
        String title = length == 1 ? "GPT-2 124M, one token, batch 1" : "GPT-2 124M, a prompt of " + length + " tokens";
        return new TurnRow(
                name,
                title,
                length == 1 ? "decode" : "prefill",
                Shape.gpt2(),
                1,
                length,
                steps,
                Recipe.READING,
                List.of(),
                List.of());
    }
}
