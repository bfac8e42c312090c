package dev.weft.bench.suite;

import dev.weft.bench.suite.Contestant.Kind;
import java.util.List;
import java.util.Map;

/** The suite {@code cuda}: what is timed on a GPU, beside PyTorch's wheel, and what it must reach on an H200. */
final class CudaRows {

    private static final Contestant WEFT = new Contestant(Kind.CUDA, "f32", 1);
    private static final Contestant WEFT_BF16 = new Contestant(Kind.CUDA, "bf16", 1);
    private static final Contestant COMPILED = new Contestant(Kind.CUDA_COMPILED, "f32", 1);
    private static final Contestant COMPILED_BF16 = new Contestant(Kind.CUDA_COMPILED, "bf16", 1);

    private static final long CONTEXT = 1024;
    private static final long WIDTH = 768;
    private static final long VOCABULARY = 50257;

    /** Of {@code WIDTH} numbers: 1.2 GB. */
    private static final long ROWS = 393_216;

    private static final double COPY_SHARE = 0.8;

    /** Of 790 TFLOP/s with 6 N + 6 L C T floating-point operations a token: 55 %. */
    private static final double TOKENS = 541_000;

    private static final List<String> STEP = List.of(
            "compile",
            "gpt",
            "--backend",
            "cuda",
            "--precision",
            "bf16",
            "--entry",
            "step",
            "--dim",
            "B=16,T=1024",
            "--set",
            "layers=12,heads=12,width=768,context=1024,vocab=50257");

    private CudaRows() {}

    /** All rows, in the order in which they run. */
    static List<Row> all() {
        return List.of(
                train("gpt2-bf16", List.of(16, 32, 64), WEFT_BF16, COMPILED_BF16)
                        .must(
                                Target.times(1.15, COMPILED_BF16.name()),
                                Target.tokensPerSecond(TOKENS),
                                Target.hostShare(0.01)),
                train("gpt2", List.of(16, 32), WEFT, COMPILED).must(),
                attention("attention-forward", "attention, forward", 1),
                attention("attention", "attention, forward and backward", 3.5),
                rows("residual-norm", "residual and norm, 393,216 × 768", 4, 0),
                rows("norm-backward", "norm backward with the gradients of its parameters, 393,216 × 768", 3, 0),
                flat("gelu", "GELU of 2²⁸ numbers", 1L << 28, 2),
                piece(
                        "cross-entropy",
                        "cross entropy and its gradient, 8,192 × 50,257",
                        Map.of("rows", 8192L, "vocab", VOCABULARY),
                        2.0 * Float.BYTES * 8192 * VOCABULARY),
                flat("adamw", "AdamW over 2²⁷ parameters", 1L << 27, 7),
                piece(
                        "embedding-backward",
                        "gradient of a table of 50,257 × 768, 393,216 rows looked up",
                        Map.of("rows", ROWS, "width", WIDTH, "vocab", VOCABULARY),
                        Float.BYTES * WIDTH * (double) (ROWS + VOCABULARY)),
                decode(),
                new CommandRow(
                        "compile-cold",
                        "compile the 124M step in bf16, B=16, nothing cached",
                        STEP,
                        true,
                        CommandRow.Measure.COMPILE,
                        2.0),
                new CommandRow(
                        "compile-cached",
                        "compile the 124M step in bf16, B=16, from the cache",
                        STEP,
                        false,
                        CommandRow.Measure.COMPILE,
                        0.1),
                RecipeRow.cuda());
    }

    /** Three steps of a small and of the whole GPT-2, from equal weights and on equal batches, whose losses must be equal. */
    static List<Row> oracle() {
        Contestant eager = new Contestant(Kind.CUDA_EAGER, "f32", 1);
        Contestant eagerBf16 = new Contestant(Kind.CUDA_EAGER, "bf16", 1);
        Shape small = Shape.gpt(4, 4, 256, 128, 1009);
        return List.of(
                Rows.train("small", "a small GPT", small, 4, 128, 3).of(WEFT, eager),
                Rows.train("small-bf16", "a small GPT", small, 4, 128, 3).of(WEFT_BF16, eagerBf16),
                Rows.train("gpt2-bf16", "GPT-2 124M", Shape.gpt2(), 4, (int) CONTEXT, 3)
                        .of(WEFT_BF16, eagerBf16));
    }

    private static Batches train(String name, List<Integer> batches, Contestant... sides) {
        return new Batches(name, batches, sides);
    }

    /** A training row before it knows what it must reach. */
    private record Batches(String name, List<Integer> batches, Contestant... sides) {

        Row must(Target... targets) {
            return new BestRow(
                    name,
                    "GPT-2 124M, a training step, T=1024, best batch of " + batches,
                    batches.stream()
                            .map(batch -> Rows.train(
                                            name + "-" + batch, "GPT-2 124M", Shape.gpt2(), batch, (int) CONTEXT, 5)
                                    .of(sides))
                            .toList(),
                    List.of(targets));
        }
    }

    private static Row decode() {
        Target[] targets = {Target.times(2, COMPILED_BF16.name()), Target.tokensPerSecond(4500)};
        return new TurnRow(
                        "decode-bf16",
                        "GPT-2 124M, one token, batch 1",
                        "decode",
                        Shape.gpt2(),
                        1,
                        1,
                        100,
                        Recipe.READING,
                        List.of(),
                        List.of())
                .of(WEFT_BF16, COMPILED_BF16)
                .must(targets);
    }

    /** @param passes products of a forward pass, of which there are two, that it does in all */
    private static Row attention(String piece, String title, double passes) {
        long batch = 64;
        long heads = 12;
        long size = 64;
        double pairs = (double) batch * heads * CONTEXT * (CONTEXT + 1) / 2;
        return new PieceRow(
                piece,
                title + ", B=64, 12 heads, T=1024, d=64, causal, bf16",
                piece,
                Map.of("batch", batch, "heads", heads, "length", CONTEXT, "size", size),
                5,
                10,
                0,
                passes * 2 * 2 * pairs * size,
                List.of(WEFT_BF16, COMPILED_BF16),
                List.of(Target.times(0.9, COMPILED_BF16.name())));
    }

    private static Row rows(String piece, String title, int tensors, int vectors) {
        return piece(
                piece,
                title,
                Map.of("rows", ROWS, "width", WIDTH),
                Float.BYTES * WIDTH * ((double) tensors * ROWS + vectors));
    }

    private static Row flat(String piece, String title, long count, int tensors) {
        return piece(piece, title, Map.of("n", count), (double) Float.BYTES * tensors * count);
    }

    private static Row piece(String piece, String title, Map<String, Long> sizes, double bytes) {
        return new PieceRow(
                piece,
                title + ", f32",
                piece,
                sizes,
                5,
                20,
                bytes,
                0,
                List.of(WEFT, COMPILED),
                List.of(Target.shareOfLimit(COPY_SHARE)));
    }
}
