package dev.weft.dsl.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Module;
import dev.weft.dsl.Shipped;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Json;
import dev.weft.dsl.diagnostic.Rendering;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A program with one token changed gives diagnostics or is another program; nothing is thrown. */
class MutantsTest {
    private static final long SEED = Long.getLong("weft.seed", 20);
    private static final int MUTANTS = Integer.getInteger("weft.mutants", 150);
    private static final Pattern TOKEN = Pattern.compile(
            "//[^\\n]*|[A-Za-z_]\\w*|\\d+\\.\\d+|\\d+e-\\d+|\\d+|\\.\\.\\.|\\.\\.\\+|:=|->|\\*\\*|[<>=!]=|\\S");

    static List<String> names() {
        return Shipped.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void neverThrow(String name) {
        String text = Shipped.source(name).text();
        List<Token> tokens = tokens(text);
        Random random = new Random(SEED ^ name.hashCode());
        for (int i = 0; i < MUTANTS; i++) {
            String mutant = mutant(text, tokens, random);
            assertThat(outcome(mutant))
                    .as("seed %d, mutant %d of %s:%n%s", SEED, i, name, mutant)
                    .isNotNull();
        }
    }

    private static String outcome(String text) {
        Sources.Result result = Sources.check(new Source("mutant.weft", text), new Shipped());
        Module module = result.module();
        if (module != null) {
            return module.name();
        }
        assertThat(result.diagnostics()).isNotEmpty();
        return Rendering.text(result.diagnostics()) + Json.of(result.diagnostics());
    }

    private static String mutant(String text, List<Token> tokens, Random random) {
        Token token = tokens.get(random.nextInt(tokens.size()));
        Token other = tokens.get(random.nextInt(tokens.size()));
        String replacement =
                switch (random.nextInt(4)) {
                    case 0 -> "";
                    case 1 -> token.text() + " " + token.text();
                    case 2 -> token.text() + " " + other.text();
                    default -> other.text();
                };
        return text.substring(0, token.start())
                + replacement
                + text.substring(token.start() + token.text().length());
    }

    private record Token(int start, String text) {}

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
