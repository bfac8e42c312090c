package dev.weft.bench;

import dev.weft.graph.MachineException;
import dev.weft.models.Weft;
import dev.weft.models.data.Corpus;
import dev.weft.models.tokenizer.CharTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * nanoGPT's recipe for a CPU in Weft and in libtorch: milliseconds a step and losses of both. Arguments: a text
 * ({@code tinyshakespeare.txt}) and a number of steps, 200 if it is left out. Ends with 1 if a loss differs by more than 1e-3 in the
 * first 200 steps.
 */
public final class NanoGpt {

    private static final double MOST_DIFFERENCE = 1e-3;
    private static final int COMPARED_STEPS = 200;
    private static final int THREADS = 2;
    private static final int SEED = 1337;

    /** Steps that are not timed: both sides warm up. */
    private static final int UNTIMED = 20;

    private static final int STEPS_A_TURN = 20;

    private static final int PRODUCT_SIZE = 1024;
    private static final int PRODUCTS = 20;

    private NanoGpt() {}

    public static void main(String[] arguments) {
        if (arguments.length == 0 || arguments.length > 2 || !Files.isReadable(Path.of(arguments[0]))) {
            System.err.println("nanogpt: needs a readable text and may have a number of steps after it, got "
                    + List.of(arguments));
            System.exit(2);
        }
        try {
            System.exit(run(arguments));
        } catch (MachineException e) {
            System.err.println(e.getMessage());
            System.exit(3);
        }
    }

    private static int run(String[] arguments) {
        int steps = arguments.length == 2 ? Integer.parseInt(arguments[1]) : COMPARED_STEPS;
        Corpus corpus = Corpus.read(List.of(Path.of(arguments[0])));
        CharTokenizer tokenizer = CharTokenizer.of(corpus.text());
        int vocabulary = tokenizer.vocabularySize();
        Recipe recipe = Recipe.NANO_GPT;
        try (Weft weft = Weft.open(null, THREADS);
                SideBySide both =
                        new SideBySide(weft, THREADS, recipe, tokenizer.encode(corpus.training()), vocabulary, SEED)) {
            List<SideBySide.Step> done = new ArrayList<>();
            while (done.size() < steps) {
                done.addAll(both.round(Math.min(STEPS_A_TURN, steps - done.size())));
            }
            return report(weft.backendName(), recipe, vocabulary, done, both.productRate(PRODUCT_SIZE, PRODUCTS));
        }
    }

    /** @param rate GFLOP/s of libtorch's best product */
    private static int report(String backend, Recipe recipe, int vocabulary, List<SideBySide.Step> steps, double rate) {
        List<SideBySide.Step> timed = steps.subList(Math.min(UNTIMED, steps.size() / 2), steps.size());
        Spread ours = Spread.of(timed, SideBySide.Step::weftMillis);
        Spread theirs = Spread.of(timed, SideBySide.Step::torchMillis);
        SideBySide.Step last = steps.getLast();
        double difference = steps.stream()
                .limit(COMPARED_STEPS)
                .mapToDouble(SideBySide.Step::difference)
                .max()
                .orElse(Double.NaN);
        System.out.printf(
                "%s, %d characters, %d steps, %d a turn, %d threads%n",
                recipe, vocabulary, steps.size(), STEPS_A_TURN, THREADS);
        System.out.printf("%-16s %s, loss %.6f%n", "weft " + backend, ours, last.weftLoss());
        System.out.printf("%-16s %s, loss %.6f%n", "libtorch", theirs, last.torchLoss());
        System.out.printf("%-16s %.2f%n", "libtorch / weft", theirs.median() / ours.median());
        System.out.printf(
                "%-16s %.2f ms: %.2f GFLOP of products a step at %.0f GFLOP/s, libtorch's best of %d products of %d x %d%n",
                "limit",
                recipe.flops(vocabulary) / rate / 1e6,
                recipe.flops(vocabulary) / 1e9,
                rate,
                PRODUCTS,
                PRODUCT_SIZE,
                PRODUCT_SIZE);
        System.out.printf(
                "%-16s %.1e in the first %d steps, must be at most %.0e%n",
                "losses differ by", difference, Math.min(COMPARED_STEPS, steps.size()), MOST_DIFFERENCE);
        return difference <= MOST_DIFFERENCE ? 0 : 1;
    }

    /** Milliseconds: the median and the quartiles. */
    private record Spread(double lower, double median, double upper) {

        static Spread of(List<SideBySide.Step> steps, ToDoubleFunction<SideBySide.Step> millis) {
            double[] sorted = steps.stream().mapToDouble(millis).sorted().toArray();
            return new Spread(sorted[sorted.length / 4], sorted[sorted.length / 2], sorted[sorted.length * 3 / 4]);
        }

        @Override
        public String toString() {
            return "%.2f ms a step (%.2f to %.2f)".formatted(median, lower, upper);
        }
    }
}
