package dev.weft.dsl.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A brace that is missing is noticed at the end of the file, and named where it belongs. */
class IndentationTest {

    private static final List<String> LINES = List.of(
            "model M(n) {",
            "    param w: f32[n] = 0",
            "    fn (x: f32[n], t: bool) -> f32[n] {",
            "        if t {",
            "            x = 2 * x",
            "        }",
            "        x * w",
            "    }",
            "}");

    @ParameterizedTest
    @CsvSource({
        "1, 'model M(n)', 1, by indentation a { is missing here",
        "3, '    fn (x: f32[n], t: bool) -> f32[n]', 3, by indentation a { is missing here",
        "3, '    fn (x: f32[n], t: bool) -> f32[n] { {', 3, by indentation this one is not closed",
        "4, '        if t', 4, by indentation a { is missing here",
        "4, '        if t { {', 4, by indentation this one is not closed",
        "5, '            x = 2 * x }', 5, this one may be too much",
        "6, '', 4, by indentation this one is not closed",
        "8, '', 3, by indentation this one is not closed"
    })
    void namesTheLine(int changed, String line, int named, String said) {
        String text = "";
        for (int i = 1; i <= LINES.size(); i++) {
            text += (i == changed ? line : LINES.get(i - 1)) + "\n";
        }
        List<Diagnostic> found = FileParser.parse(new Source("test.weft", text)).diagnostics();
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().notes()).anySatisfy(note -> {
            assertThat(note.span().line()).isEqualTo(named);
            assertThat(note.text()).isEqualTo(said);
        });
    }
}
