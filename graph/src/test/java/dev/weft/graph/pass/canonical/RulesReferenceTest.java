package dev.weft.graph.pass.canonical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.rewrite.Rewriter;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.text.ProgramPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The reference of rules is written from the rules' own docs and golden examples; {@code -Dweft.accept=true} writes it anew. */
class RulesReferenceTest {

    private static final Path REFERENCE = Path.of("../docs/reference/rules.md");
    private static final Path SOURCES = Path.of("src/main/java/dev/weft/graph/pass/canonical");
    private static final Pattern DOC = Pattern.compile("/\\*\\*(.*?)\\*/\\s*final class", Pattern.DOTALL);

    @Test
    void theReferenceIsWhatTheRulesSay() throws IOException {
        StringBuilder text = new StringBuilder("""
                # Rules of the canonical form

                Written from the rules' own docs and examples by `RulesReferenceTest`. A rule is tried at every value, operands first,
                in this order; all are applied until none fires. What a rule promises is held by tests on inputs with NaN, infinities
                and signed zeros: `BITS`, the same bits; `TYPED_BITS`, the same bits where values are rounded to their types; `VALUES`,
                the same values, but a zero may have the other sign; `ROUNDING`, the same terms in another order or grouping.
                """);
        for (Rule<?> rule : Canonical.RULES) {
            text.append("\n## ").append(rule.name()).append("\n\n");
            text.append(doc(rule))
                    .append("\n\nPromise: `")
                    .append(rule.promise())
                    .append("`\n\n```text\n");
            text.append(example(rule)).append("```\n");
        }
        if (Golden.ACCEPT) {
            Files.createDirectories(REFERENCE.getParent());
            Files.writeString(REFERENCE, text);
        }
        assertThat(Files.readString(REFERENCE)).isEqualTo(text.toString());
    }

    private static String doc(Rule<?> rule) throws IOException {
        String source = Files.readString(SOURCES.resolve(rule.getClass().getSimpleName() + ".java"));
        Matcher matcher = DOC.matcher(source);
        assertThat(matcher.find()).as("%s has a doc", rule.name()).isTrue();
        String doc = matcher.group(1).replaceAll("\\s*\\n \\* ?", " ").strip();
        assertThat(doc).as("the doc of %s reads before -> after", rule.name()).contains("->");
        return doc.replaceAll("\\{@code ([^}]*)}", "`$1`");
    }

    private static String example(Rule<?> rule) {
        Graph before = Golden.of(rule).pairs().getFirst().before();
        Graph after = new Rewriter(List.of(rule)).rewrite(before);
        return body(ProgramPrinter.print(before)) + "  ->\n" + body(ProgramPrinter.print(after));
    }

    /** The lines between the braces. */
    private static String body(String function) {
        return function.substring(function.indexOf('\n') + 1, function.lastIndexOf('}'));
    }
}
