package dev.weft.models.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Rendering;
import dev.weft.models.Program;
import dev.weft.models.ShippedPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ProgramLintTest {

    @TempDir
    Path folder;

    private ProgramLint.Findings lint(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("mine.weft"), text);
        return ProgramLint.of(Program.load(file.toString()));
    }

    /** A shipped program with one piece of text replaced, as a file of its own. */
    private ProgramLint.Findings changed(String program, String from, String to) throws IOException {
        String text = ShippedPrograms.resource(program + ".weft").orElseThrow();
        assertThat(text).contains(from);
        return lint(text.replace(from, to));
    }

    static List<String> shipped() {
        return ShippedPrograms.names();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void shippedProgramsAreFreeOfIt(String name) {
        ProgramLint.Findings findings = ProgramLint.of(Program.load(name));
        assertThat(Rendering.text(findings.warnings())).isEmpty();
        assertThat(findings.notTried()).isEmpty();
    }

    /** Each lets the future in; the warning stands on the line that does it, whatever function the mixing happens in. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt   | weights = nn.softmax(where(seen, q @ k.T * d ** -0.5, -inf)) "
                        + "| weights = nn.softmax(q @ k.T * d ** -0.5) | weights = nn.softmax",
                "gpt   | <= iota(T)[:, _] + at      | <= iota(T)[:, _] + at + 1    | weights = nn.softmax",
                "gpt   | d ** -0.5, -inf            | d ** -0.5, -9.0              | mixed = nn.dropout(weights, drop) @ v",
                "gpt   | x = x + attn(norm1(x), at, cached, drop) "
                        + "| x = x + attn(norm1(x - mean(x, 1)[:, _]), at, cached, drop) | x = x + attn",
                "gpt   | x + mlp(norm2(x), drop)    | x + mlp(norm2(reverse(x, 1)), drop) | x + mlp",
                "llama | <= iota(T)[:, _] + at      | >= iota(T)[:, _] + at        | weights = nn.softmax",
            })
    void whatLetsTheFutureInIsNamed(String program, String from, String to, String line) throws IOException {
        List<Diagnostic> warnings = changed(program, from, to).warnings();
        assertThat(warnings).as(Rendering.text(warnings)).anySatisfy(one -> {
            assertThat(one.code()).isEqualTo(Code.LOOKS_AHEAD);
            assertThat(one.span().source().lineText(one.span().line()).strip()).startsWith(line);
        });
    }

    @Test
    void aModelWithALossAloneIsTriedByIt() throws IOException {
        String model = """
                import nn
                model Tiny(width = 16, context = 32, vocab = 100) {
                    embed: nn.Embedding(vocab, width)
                    head: nn.Linear(width, vocab)
                    fn loss(tokens, targets: i32[B, T], weight: f32[B, T]) -> (f32[], f32[]) where T <= context {
                        x = embed(tokens)
                        seen = %s
                        (sum(nn.cross_entropy(head(seen), targets) * weight), sum(weight))
                    }
                }
                """;
        assertThat(lint(model.formatted("cumsum(x, 1)")).warnings()).isEmpty();
        List<Diagnostic> leaks = lint(model.formatted("x + sum(x, 1)[:, _]")).warnings();
        assertThat(leaks).extracting(Diagnostic::code).containsExactly(Code.LOOKS_AHEAD);
        assertThat(leaks.getFirst().span().line()).isEqualTo(7);
    }

    @Test
    void aParameterWithoutGradientIsNamedWhereThisFileDeclaresIt() throws IOException {
        ProgramLint.Findings findings = lint("""
                import nn
                model Layer(width) {
                    inner: nn.Linear(width, width)
                    param gate: f32[width] = 1
                    fn (x: f32[B, width]) -> f32[B, width] = inner(x) * f32(gate > 0)
                }
                model Net(width = 300) {
                    layers: 2 * Layer(width)
                    shift: nn.LayerNorm(width)
                    kept: frozen nn.Linear(width, width)
                    param unread: f32[width] = 0
                    fn loss(x: f32[B, width]) -> (f32[], f32[]) {
                        for layer in layers { x = layer(x) }
                        y = stop_gradient(shift(x)) * shift.bias + kept(x)
                        (sum(x * y), f32(size(x, 0)))
                    }
                }
                """);
        assertThat(findings.warnings())
                .extracting(one -> one.code() + " " + one.span().line() + " " + one.message())
                .containsExactly(
                        "W0802 4 gate: no gradient of loss reaches layers.0.gate, layers.1.gate, which training would never change",
                        "W0802 9 shift: no gradient of loss reaches shift.weight, which training would never change",
                        "W0801 11 param unread: is never read");
    }

    @Test
    void constantsWithoutDefaultsAreMadeUpAndChosenOnesStay() throws IOException {
        String text = """
                model Net(width, heads) where width % heads == 0, width > 20 {
                    param w: f32[width] = 0
                    fn loss(x: f32[width]) -> (f32[], f32[]) = (sum(x * floor(w)), f32(1))
                }
                """;
        ProgramLint.Findings none = lint(text);
        assertThat(none.warnings()).isEmpty();
        assertThat(none.notTried()).hasSize(2).allSatisfy(line -> assertThat(line)
                .contains("--set"));

        Path file = folder.resolve("mine.weft");
        ProgramLint.Findings chosen =
                ProgramLint.of(Program.load(file.toString()).with(Map.of("width", "24", "heads", "3")));
        assertThat(chosen.warnings()).extracting(Diagnostic::code).containsExactly(Code.NO_GRADIENT);
        assertThat(chosen.notTried()).isEmpty();
    }
}
