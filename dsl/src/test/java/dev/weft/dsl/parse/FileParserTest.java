package dev.weft.dsl.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Shipped;
import dev.weft.dsl.ast.Printer;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.SourceFile;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FileParserTest {

    /** How operators bind, and how the tree is printed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    q @ k.T * d ** -0.5                | ((q @ k.T) * (d ** (- 0.5)))
                    -x ** 2                            | (- (x ** 2))
                    a ** b ** c                        | (a ** (b ** c))
                    a - b - c                          | ((a - b) - c)
                    not a == b and c or d              | (((not (a == b)) and c) or d)
                    a + b as [n] -> [n]                | ((a + b) as [n] -> [n])
                    x[:, a:b:2, _, ..., at ..+ n]      | x[:, a:b:2, _, ..., at ..+ n]
                    f(a, ...b, c = 1)(d)               | f(a, ...b, c = 1)(d)
                    grad(f, wrt x, wrt params(m))(a)   | grad(f, wrt x, wrt params(m))(a)
                    y as [B, (3 h d)] -> 3 * [B, h, d] | (y as [B, (3 h d)] -> 3 * [B, h, d])
                    ((a), (b,), ())                    | (a, (b,), ())
                    1_000 + 1e-8                       | (1000 + 1.0e-8)
                    where(in, model.T, like)           | where(in, model.T, like)
                    not path(w) in [a.*.0, **.b] and c | ((not (path(w) in [a.*.0, **.b])) and c)
                    """)
    void bindsOperators(String text, String printed) {
        SourceFile file = parse("let x = " + text);
        assertThat(Printer.print(file.constants().getFirst().value())).isEqualTo(printed);
    }

    /** A line goes on inside parentheses, after an operator, and before what can only continue. */
    @ParameterizedTest
    @CsvSource({
        "'a +\n b', 1",
        "'a\n + b', 1",
        "'f(a,\n b)', 1",
        "'a\n - b', 2",
        "'a\n (b)', 2",
        "'a; b', 2",
        "'a\n\n\n b', 2",
        "'a\n .b', 1",
        "'a // c\n b', 2",
        "'if c { a }\n else { b }', 1",
        "'x\n as [n]\n -> [n]', 1",
        "'x[0] = a\n x[:, 1:2] = b', 2",
        "'x =\n a', 1"
    })
    void endsStatements(String body, int statements) {
        SourceFile file = parse("fn f() {\n" + body + "\n}");
        assertThat(file.functions().getFirst().body().statements()).hasSize(statements);
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatIsPrintedParsesToTheSame(String name) {
        String printed = Printer.print(parse(Shipped.source(name).text()));
        assertThat(Printer.print(parse(printed))).isEqualTo(printed);
    }

    static List<String> names() {
        return Shipped.names();
    }

    @Test
    void keepsComments() {
        SourceFile file = parse("// one\nlet a = 1 // two\n");
        assertThat(file.comments()).extracting(comment -> comment.span().text()).containsExactly("// one", "// two");
    }

    @Test
    void spansCountCharactersAsJavaDoes() {
        SourceFile file = parse("// 🧵\nlet a = 1\n");
        assertThat(file.constants().getFirst().value().span()).hasToString("test.weft:2:9");
        assertThat(file.constants().getFirst().span().text()).isEqualTo("let a = 1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    fn f() { return x }        | the value of a body is its last expression
                    fn f() { a, b = g() }      | several names stand in parentheses
                    fn f() { for i in 0..3 {} }| range(from, to)
                    let a = b && c             | write and
                    model M() { w: f32[] = 0 } | storage starts with param, buffer or state
                    fn f() { x += 1 }          | write x = x + …
                    """)
    void hintsAtWhatIsMeant(String text, String hint) {
        List<Diagnostic> found = FileParser.parse(new Source("test.weft", text)).diagnostics();
        assertThat(found).hasSize(1);
        assertThat(Objects.requireNonNull(found.getFirst().remedy()).text()).contains(hint);
    }

    @Test
    void aBracketWithoutAPartnerIsShownWhereItStands() {
        List<Diagnostic> found = FileParser.parse(new Source("test.weft", "fn f() {\n y = (x + 1\n y\n}\n"))
                .diagnostics();
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().message()).isEqualTo("'(': is not closed");
        assertThat(found.getFirst().span()).hasToString("test.weft:2:6");
    }

    @Test
    void reportsOneErrorALineAndGoesOn() {
        List<Diagnostic> found = FileParser.parse(
                        new Source("test.weft", "fn f() { * * }\nfn g() { 1 }\nfn h() { a ** ** b }\n"))
                .diagnostics();
        assertThat(found).extracting(diagnostic -> diagnostic.span().line()).containsExactly(1, 3);
    }

    @Test
    void nestingHasALimitInsteadOfAStackOverflow() {
        List<String> deep = List.of(
                "let a = " + "(".repeat(5000),
                "let a = " + "-".repeat(5000) + "1",
                "let a = 1" + " + 1".repeat(5000),
                "let a = 1" + " ** 1".repeat(5000),
                "fn f() { if a { b }" + " else if a { b }".repeat(5000) + " }");
        for (String text : deep) {
            List<Diagnostic> found =
                    FileParser.parse(new Source("test.weft", text)).diagnostics();
            assertThat(found.getFirst().message()).containsPattern("at most 200|more than \\d+");
        }
    }

    private static SourceFile parse(String text) {
        FileParser.Result result = FileParser.parse(new Source("test.weft", text));
        assertThat(result.diagnostics()).isEmpty();
        return Objects.requireNonNull(result.file());
    }
}
