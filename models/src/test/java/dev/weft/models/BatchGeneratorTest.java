package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.models.BatchGenerator.Order;
import dev.weft.models.BatchGenerator.Text;
import dev.weft.models.sample.Distribution;
import dev.weft.models.sample.Penalties;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A text becomes what it would become alone, whatever stands beside it. */
class BatchGeneratorTest {

    private static final int VOCABULARY = 40;
    private static final int CONTEXT = 24;
    private static final Sampling DRAWN = new Sampling(0.9, 30, 0.95, 1, 0.01, new Penalties(1.2, 0.1, 0.1));

    /** Means of what came before: every token reads the window again. */
    private static final String WITHOUT_CACHE = """
            import nn

            model Means(width = 16, context = 24, vocab = 40) {
                embed: nn.Embedding(vocab, width, std = 1)
                head: nn.Linear(width, vocab, std = 1)

                fn before(x: f32[B, T, width]) -> f32[B, T, width] where T <= context {
                    seen = iota(T) <= iota(T)[:, _]
                    tanh(where(seen, f32(1), 0) @ x)
                }

                fn logits(tokens: i32[B, T]) -> f32[B, T, vocab] where T <= context = head(before(embed(tokens)))
            }
            """;

    /** A running sum that is kept: a cache that is no list of positions. */
    private static final String RECURRENT = """
            import nn

            model Running(width = 16, context = 24, vocab = 40) {
                embed: nn.Embedding(vocab, width, std = 1)
                head: nn.Linear(width, vocab, std = 1)
                state cache H: f32[B, width]

                fn logits(tokens: i32[B, T], at: i32[] = 0, cached: bool = false) -> f32[B, T, vocab] where T <= context {
                    x = embed(tokens)
                    h = zeros(B, width)
                    if cached {
                        h = where(at > 0, H, h)
                    }
                    out = zeros(B, T, width)
                    for t in range(T) {
                        h = tanh(0.5 * h + x[:, t])
                        out[:, t] = h
                    }
                    if cached {
                        H := h
                    }
                    head(out)
                }
            }
            """;

    private static Program program(String name) {
        return switch (name) {
            case "means" -> Program.of("means", WITHOUT_CACHE);
            case "running" -> Program.of("running", RECURRENT);
            default ->
                Program.load(name)
                        .with(Map.of("layers", "2", "heads", "2", "width", "16", "context", "24", "vocab", "40"));
        };
    }

    private static SequencedMap<String, Tensor> parameters(Weft weft, Program program) {
        SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
        try (Model model = weft.compile(program.lower(List.of()))) {
            model.initialize(5);
            for (Stored stored : model.stored()) {
                if (stored.role() == Stored.Role.PARAM) {
                    parameters.put(stored.name(), model.read(stored.name()));
                }
            }
        }
        return parameters;
    }

    private static List<Text> texts(Random random, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Text(
                        random.ints(1 + random.nextInt(CONTEXT), 0, VOCABULARY).toArray(), random.nextInt(3)))
                .toList();
    }

    private static List<List<Integer>> ids(List<List<Token>> made) {
        return made.stream().map(text -> text.stream().map(Token::id).toList()).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "gpt, cpu, 24, 60",
        "llama, cpu, 12, 60",
        "means, cpu, 12, 40",
        "running, cpu, 12, 40",
        "gpt, reference, 3, 6",
        "means, reference, 4, 30"
    })
    void aTextIsTheSameAloneAndBesideOthersBeyondTheContextToo(String name, String backend, int count, int tokens) {
        Random random = new Random(11);
        Program program = program(name);
        List<Text> texts = texts(random, count);
        try (Weft weft = Weft.open(backend, 2)) {
            SequencedMap<String, Tensor> parameters = parameters(weft, program);
            List<List<Integer>> alone = new ArrayList<>();
            try (Generator generator = Generator.open(weft, program, parameters, List.of(8, 1))) {
                for (Text text : texts) {
                    int[] made = generator.generate(text.prompt(), tokens, DRAWN, 7, text.sample(), id -> true);
                    alone.add(Arrays.stream(made).boxed().toList());
                }
            }
            for (int rows : new int[] {2, count}) {
                try (BatchGenerator generator = BatchGenerator.open(weft, program, parameters, rows)) {
                    List<List<Token>> made =
                            generator.generate(texts, new Order(tokens, DRAWN, 7), (text, token) -> true);
                    assertThat(ids(made)).as("seed 11, %d rows", rows).isEqualTo(alone);
                }
            }
        }
    }

    @Test
    void bothBackendsDrawTheSameTokens() {
        List<Text> texts = texts(new Random(3), 4);
        List<List<List<Integer>>> made = new ArrayList<>();
        for (String backend : List.of("cpu", "reference")) {
            try (Weft weft = Weft.open(backend, 2);
                    BatchGenerator generator =
                            BatchGenerator.open(weft, program("gpt"), parameters(weft, program("gpt")), 4)) {
                made.add(ids(generator.generate(texts, new Order(8, DRAWN, 99), (text, token) -> true)));
            }
        }
        assertThat(made.getFirst()).isEqualTo(made.getLast());
    }

    @Test
    void samplesOfAPromptDifferAndSeedsDo() {
        Program program = program("gpt");
        List<Text> texts = IntStream.range(0, 8)
                .mapToObj(sample -> new Text(new int[] {1, 2, 3}, sample))
                .toList();
        try (Weft weft = Weft.open("cpu", 2);
                BatchGenerator generator = BatchGenerator.open(weft, program, parameters(weft, program), 8)) {
            List<List<Integer>> first = ids(generator.generate(texts, new Order(12, DRAWN, 1), (text, token) -> true));
            List<List<Integer>> again = ids(generator.generate(texts, new Order(12, DRAWN, 1), (text, token) -> true));
            List<List<Integer>> other = ids(generator.generate(texts, new Order(12, DRAWN, 2), (text, token) -> true));

            assertThat(first).doesNotHaveDuplicates().isEqualTo(again);
            assertThat(other).doesNotHaveDuplicates().doesNotContainAnyElementsOf(first);
        }
    }

    @Test
    void aTextEndsByItselfAndIsAskedForNoMore() {
        Program program = program("gpt");
        List<Text> texts = texts(new Random(17), 7);
        try (Weft weft = Weft.open("cpu", 2);
                BatchGenerator generator = BatchGenerator.open(weft, program, parameters(weft, program), 3)) {
            Order order = new Order(10, Sampling.GREEDY, 0);
            List<List<Integer>> whole = ids(generator.generate(texts, order, (text, token) -> true));
            int[] seen = new int[texts.size()];
            List<List<Integer>> cut =
                    ids(generator.generate(texts, order, (text, token) -> ++seen[text] < Math.min(text + 1, 10)));

            for (int text = 0; text < texts.size(); text++) {
                assertThat(cut.get(text)).isEqualTo(whole.get(text).subList(0, text + 1));
                assertThat(seen[text]).isEqualTo(text + 1);
            }
        }
    }

    private static List<Sampling> samplings() {
        return List.of(
                DRAWN,
                new Sampling(1.7, 0, 1, 0),
                new Sampling(1e-40, 0, 1, 0),
                new Sampling(1, 12, 0.9, 0.8, 0.02, new Penalties(1.3, 0.5, -2)),
                new Sampling(0.7, 0, 1, 1, 0, new Penalties(0.2, 0, 1)),
                new Sampling(0, 0, 1, 1, 0, new Penalties(1.5, 1, 0)));
    }

    @ParameterizedTest
    @MethodSource("samplings")
    void eachTokenSaysHowLikelyItWasAndWhy(Sampling sampling) {
        Program program = program("gpt");
        List<Text> texts = texts(new Random(23), 5);
        try (Weft weft = Weft.open("cpu", 2)) {
            SequencedMap<String, Tensor> parameters = parameters(weft, program);
            List<List<Token>> likely;
            List<List<Token>> reasons;
            try (BatchGenerator generator = BatchGenerator.open(weft, program, parameters, 5)) {
                likely = generator.generate(
                        texts, new Order(6, sampling, 1, Overflow.REFUSE, Detail.PROBABILITY), (text, token) -> true);
                reasons = generator.generate(
                        texts, new Order(6, sampling, 1, Overflow.REFUSE, Detail.REASONS), (text, token) -> true);
            }
            assertThat(ids(reasons)).isEqualTo(ids(likely));
            try (Generator generator = Generator.open(weft, program, parameters)) {
                for (int text = 0; text < texts.size(); text++) {
                    generator.reset();
                    float[] logits = generator.feed(texts.get(text).prompt());
                    for (int i = 0; i < likely.get(text).size(); i++) {
                        Token token = likely.get(text).get(i);
                        assertThat(token.logProbability().orElseThrow())
                                .isCloseTo(Distribution.of(logits).logProbability(token.id()), within(1e-5));
                        assertThat(reasons.get(text)
                                        .get(i)
                                        .reasons()
                                        .orElseThrow()
                                        .logProbability())
                                .isCloseTo(token.logProbability().orElseThrow(), within(1e-6));
                        logits = generator.feed(token.id());
                    }
                }
            }
        }
    }

    @Test
    void whatIsNoDistributionIsRefused() {
        Program program = program("running");
        try (Weft weft = Weft.open("cpu", 2)) {
            SequencedMap<String, Tensor> parameters = parameters(weft, program);
            parameters.get("head.bias").data().setAtIndex(ValueLayout.JAVA_FLOAT, 7, Float.NaN);
            try (BatchGenerator generator = BatchGenerator.open(weft, program, parameters, 2)) {
                for (Sampling sampling : samplings()) {
                    refused(
                            generator,
                            List.of(new Text(new int[] {1}, 0)),
                            new Order(3, sampling, 0),
                            "logits: must be finite or -inf, got NaN for token 7; the model has diverged");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt", "means", "running"})
    void aPromptThatSlidesGoesOnLikeATextThatWasMade(String name) {
        Program program = program(name);
        try (Weft weft = Weft.open("cpu", 2)) {
            SequencedMap<String, Tensor> parameters = parameters(weft, program);
            int[] all;
            try (Generator generator = Generator.open(weft, program, parameters)) {
                all = generator.generate(new int[] {9}, 3 * CONTEXT, Sampling.GREEDY, 0, 0, id -> true);
            }
            List<Text> texts = new ArrayList<>();
            List<List<Integer>> next = new ArrayList<>();
            for (int made = 1; made < all.length; made++) {
                int[] prompt = new int[made + 1];
                prompt[0] = 9;
                System.arraycopy(all, 0, prompt, 1, made);
                texts.add(new Text(prompt, 0));
                next.add(List.of(all[made]));
            }
            try (BatchGenerator generator = BatchGenerator.open(weft, program, parameters, 6)) {
                Order order = new Order(1, Sampling.GREEDY, 0, Overflow.SLIDE, Detail.NOTHING);
                assertThat(ids(generator.generate(texts, order, (text, token) -> true)))
                        .isEqualTo(next);
            }
        }
    }

    @Test
    void whatCannotBeReadIsToldBeforeAnythingIs() {
        Program program = program("gpt");
        Text good = new Text(new int[] {1}, 0);
        try (Weft weft = Weft.open("reference", 1);
                BatchGenerator generator = BatchGenerator.open(weft, program, parameters(weft, program), 2)) {
            Order order = new Order(3, Sampling.GREEDY, 0);
            refused(generator, List.of(), order, "prompts: there must be at least one");
            refused(generator, List.of(good, new Text(new int[0], 0)), order, "prompt 2: must have at least one token");
            refused(
                    generator,
                    List.of(good, good, new Text(new int[] {3, VOCABULARY}, 0)),
                    order,
                    "prompt 3: tokens: must be in 0..39, the vocabulary of the model, got 40");
            refused(
                    generator,
                    List.of(new Text(new int[CONTEXT + 5], 0)),
                    order,
                    "prompt: must be at most 24 tokens long, the context of the model, got 29, which is 5 too many");
            assertThatThrownBy(() -> new Order(0, Sampling.GREEDY, 0))
                    .isInstanceOf(UserException.class)
                    .hasMessage("most tokens: must be at least 1, got 0");
            assertThatThrownBy(() -> BatchGenerator.open(weft, program, new LinkedHashMap<>(), 0))
                    .isInstanceOf(UserException.class)
                    .hasMessage("batch: must have at least 1 row, got 0");
            assertThatThrownBy(() -> generator.generate(List.of(good), order, (text, token) -> generator
                            .generate(List.of(good), order, (a, b) -> true)
                            .isEmpty()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("must not be called from what that call calls");
        }
    }

    private static void refused(BatchGenerator generator, List<Text> texts, Order order, String message) {
        assertThatThrownBy(() -> generator.generate(texts, order, (text, token) -> {
                    throw new AssertionError("nothing must be drawn");
                }))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(message);
    }
}
