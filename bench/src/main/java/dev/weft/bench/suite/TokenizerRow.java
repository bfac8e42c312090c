package dev.weft.bench.suite;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import dev.weft.models.data.Corpus;
import dev.weft.models.tokenizer.Gpt2Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** GPT-2's tokenizer beside JTokkit's, in this process, on one thread, by turns; both give the same ids. */
record TokenizerRow(String name, String title, List<Target> targets) implements Row {

    private static final String OURS = "weft";
    private static final String PEER = "jtokkit r50k_base";
    private static final double NANOS_PER_MILLI = 1e6;

    /** Turns before those that count, until both are compiled. */
    private static final int WARM_UP = 5;

    TokenizerRow {
        targets = List.copyOf(targets);
    }

    static TokenizerRow gpt2() {
        return new TokenizerRow("tokenizer", "a text as GPT-2's tokens, one thread", List.of(Target.times(2.0, PEER)));
    }

    @Override
    public Result run(Bench bench) {
        bench.note(name + ": " + title + " …");
        String text = bench.data()
                .map(file -> Corpus.read(List.of(file)))
                .orElseGet(Corpus::shipped)
                .text();
        Encoding theirs = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
        // Ours remembers words: each turn begins without any.
        Side ours = new Side(OURS, () -> new Gpt2Tokenizer()::encode);
        Side peer = new Side(PEER, () -> each -> theirs.encodeOrdinary(each).toArray());
        int[] ids = {};
        for (int turn = 0; turn < WARM_UP + bench.repeats(); turn++) {
            boolean counts = turn >= WARM_UP;
            int[] first = (turn % 2 == 0 ? ours : peer).take(text, counts);
            ids = (turn % 2 == 0 ? peer : ours).take(text, counts);
            if (!Arrays.equals(first, ids)) {
                return Result.of(
                        name, title, List.of(SideResult.failed(OURS, "must give the ids of " + PEER + ", got others")));
            }
        }
        return new Result(
                        name,
                        title,
                        List.of(ours.result(), peer.result()),
                        ids.length,
                        0,
                        Double.NaN,
                        "",
                        LossRule.NONE,
                        List.of())
                .judged(targets);
    }

    /** One of both, and what it took. */
    private static final class Side {

        private final String name;
        private final Supplier<Function<String, int[]>> fresh;
        private final List<Double> millis = new ArrayList<>();

        Side(String name, Supplier<Function<String, int[]>> fresh) {
            this.name = name;
            this.fresh = fresh;
        }

        int[] take(String text, boolean counts) {
            Function<String, int[]> encoder = fresh.get();
            long start = System.nanoTime();
            int[] ids = encoder.apply(text);
            double took = (System.nanoTime() - start) / NANOS_PER_MILLI;
            if (counts) {
                millis.add(took);
            }
            return ids;
        }

        SideResult result() {
            return new SideResult(
                    name, "", "", false, millis.stream().map(List::of).toList(), List.of(), OptionalLong.empty());
        }
    }
}
