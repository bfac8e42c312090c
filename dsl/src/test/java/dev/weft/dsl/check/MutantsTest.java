package dev.weft.dsl.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Shipped;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Json;
import dev.weft.dsl.diagnostic.Rendering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Shipped programs with one token deleted, doubled, replaced or followed by another: each gives diagnostics or is another program.
 * {@code -Dweft.mutants=100000 -Dweft.seed=3} tries more and others; {@code -Dweft.mutants.show=true} prints those whose place is missed.
 */
class MutantsTest {
    private static final long SEED = Long.getLong("weft.seed", 20);
    private static final int MUTANTS = Integer.getInteger("weft.mutants", 1000);
    private static final boolean SHOW = Boolean.getBoolean("weft.mutants.show");
    private static final Pattern TOKEN = Pattern.compile(
            "//[^\\n]*|[A-Za-z_]\\w*|\\d+\\.\\d+|\\d+e-\\d+|\\d+|\\.\\.\\.|\\.\\.\\+|:=|->|\\*\\*|[<>=!]=|\\S");

    private final Random random = new Random(SEED);
    private int rejected;
    private int placed;
    private int edits;
    private int overASecond;

    /** A hang would end the test here; how many took longer than a second is printed and is no assertion. */
    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void areProgramsOrRejectedWhereTheyWereChanged() {
        List<Place> places =
                Shipped.names().stream().flatMap(MutantsTest::places).toList();
        for (int i = 0; i < MUTANTS; i++) {
            Mutant mutant = mutant(places);
            String about = "seed %d, mutant %d of %s".formatted(SEED, i, mutant.file());
            long start = System.nanoTime();
            List<Diagnostic> found = check(mutant.file(), mutant.text(), about);
            if (Duration.ofNanos(System.nanoTime() - start).toSeconds() >= 1) {
                overASecond++;
            }
            if (!found.isEmpty()) {
                rejected++;
                place(mutant, found, about);
                edits(mutant, found, about);
            }
        }
        System.out.printf(
                "%d mutants, %d rejected, %d of them where they were changed, %d edits, %d over a second%n",
                MUTANTS, rejected, placed, edits, overASecond);
        assertThat(rejected).isGreaterThan(MUTANTS / 2);
        assertThat(placed).as("of %d", rejected).isGreaterThanOrEqualTo(rejected * 9 / 10);
    }

    private static List<Diagnostic> check(String file, String text, String about) {
        try {
            Sources.Result result = Sources.check(new Source(file + ".weft", text), new Shipped());
            assertThat(result.module() == null)
                    .as(about)
                    .isEqualTo(!result.diagnostics().isEmpty());
            assertThat(Rendering.text(result.diagnostics()) + Json.of(result.diagnostics()))
                    .as(about)
                    .isNotEmpty();
            return result.diagnostics();
        } catch (RuntimeException | StackOverflowError crash) {
            throw new AssertionError(about + ":\n" + text, crash);
        }
    }

    /** The first caret, or a place named beside it, is on the line that was changed. */
    private void place(Mutant mutant, List<Diagnostic> found, String about) {
        Diagnostic first = found.getFirst();
        boolean named = Stream.concat(
                        Stream.of(first.span()), first.notes().stream().map(Diagnostic.Note::span))
                .anyMatch(span -> span.source().name().equals(mutant.file() + ".weft")
                        && span.line() <= mutant.line()
                        && mutant.line() <= span.source().line(span.end()));
        if (named) {
            placed++;
        } else if (SHOW) {
            System.out.printf("%s, line %d: %s%n%s%n", about, mutant.line(), mutant.change(), Rendering.text(first));
        }
    }

    private void edits(Mutant mutant, List<Diagnostic> found, String about) {
        for (Diagnostic diagnostic : found) {
            Diagnostic.Remedy remedy = diagnostic.remedy();
            if (remedy != null && remedy.replaced() != null) {
                edits++;
                String mended = remedy.apply(mutant.text());
                List<Diagnostic> left = check(mutant.file(), mended, about);
                assertThat(left)
                        .as("%s%n%s%nleaves%n%s", about, Rendering.text(diagnostic), Rendering.text(left))
                        .hasSizeLessThan(found.size());
            }
        }
    }

    private record Mutant(String file, String text, int line, String change) {}

    private record Place(String file, String text, Token token) {}

    private record Token(int start, String text) {}

    private Mutant mutant(List<Place> places) {
        Place place = places.get(random.nextInt(places.size()));
        List<Token> tokens = tokens(place.text());
        String token = place.token().text();
        String other = tokens.get(random.nextInt(tokens.size())).text();
        String replacement =
                switch (random.nextInt(4)) {
                    case 0 -> "";
                    case 1 -> token + " " + token;
                    case 2 -> token + " " + other;
                    default -> other;
                };
        int start = place.token().start();
        String text =
                place.text().substring(0, start) + replacement + place.text().substring(start + token.length());
        int line = new Source(place.file(), text).line(start);
        return new Mutant(place.file(), text, line, token + " became " + replacement);
    }

    private static Stream<Place> places(String file) {
        String text = Shipped.source(file).text();
        return tokens(text).stream().map(token -> new Place(file, text, token));
    }

    private static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            if (!matcher.group().startsWith("//")) {
                tokens.add(new Token(matcher.start(), matcher.group()));
            }
        }
        return tokens;
    }
}
