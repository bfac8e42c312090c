package dev.weft.dsl.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Module;
import dev.weft.dsl.Shipped;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Rendering;
import dev.weft.dsl.diagnostic.Severity;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Right programs that are hardly meant: the code of the warning, the text it points to, and the program. */
class LintTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "W0801 import nn|import nn\nfn f(x: f32[n]) -> f32[n] = x",
                "W0801 b|model M(n) { param a, b: f32[n] = 0\nfn () -> f32[n] = a }",
                "W0801 s|model M(n) { state s: f32[n]\nfn (x: f32[n]) { s := x } }",
                "W0801 part|model A(n) { param a: f32[n] = 0\nfn () -> f32[n] = a }\n"
                        + "model M(n) { other, part: A(n)\nfn () -> f32[n] = other() }",
                "W0801 m|model A(n, m) { param a: f32[n] = 0\nfn () -> f32[n] = a }\n"
                        + "model M(n) { other: A(n, 3)\nfn () -> f32[n] = other() }",
                "W0801 y|fn f(x, y: f32[n]) -> f32[n] = x",
                "W0801 lr|optimizer O(model) { fn update(grads: like params(model), lr: f32[]) {\n"
                        + "for (w, g) in zip(params(model), grads) { w := w - g } } }",
                "W0803 y|fn f(x: f32[n]) -> f32[n] { y = 2 * x; x }",
                "W0803 x|fn f(x: f32[n]) -> f32[n] { x = 2 * x; x = exp(1.5); x * f32(iota(n)) }",
                "W0803 (a, b)|fn f(x: f32[2, n]) -> f32[n] { (a, b) = (x[0], x[1]); x[1] }",
                "W0803 y|fn f(x: f32[n], t: bool) -> f32[n] { y = x; if t { y = 2 * x } else { y = 3 * x }; y }",
                "W0803 z|fn f(x: f32[n]) -> f32[n] { for i in range(3) { z = x * i; x = x * 2 }; x }",
                "W0803 exp(x)|fn f(x: f32[n]) -> f32[n] { exp(x); x }",
                "W0803 layer(x)|import nn\nmodel M(n) { layers: 3 * nn.Linear(n, n)\nfn (x: f32[n]) -> f32[n] {\n"
                        + "for layer in layers { layer(x) }\nx } }",
                "W0803 2 * x|fn f(x: f32[n], t: bool) -> f32[n] { if t { 2 * x } else { 3 * x }; x }",
                "W0803 3 * x|fn f(x: f32[n], t: bool) -> f32[n] { if t { 2 * x } else { 3 * x }; x }",
            })
    void warns(String line) {
        String code = line.substring(0, 5);
        int bar = line.indexOf('|');
        List<Diagnostic> found = lint(line.substring(bar + 1));
        assertThat(found).as(Rendering.text(found)).anySatisfy(one -> {
            assertThat(one.code().id()).isEqualTo(code);
            assertThat(one.span().text()).isEqualTo(line.substring(6, bar));
            assertThat(one.severity()).isEqualTo(Severity.WARNING);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fn f(x: f32[n], _y: f32[n]) -> f32[n] = x",
                "fn f(x: f32[2, n]) -> f32[n] { (a, b) = (x[0], x[1]); a }",
                "fn f(x: f32[n]) -> f32[n] { _y = 2 * x; x }",
                "fn f(x: f32[n]) -> f32[n] { y = 0; for i in range(3) { x = x + y; y = y + i }; x }",
                "fn f(x: f32[n], t: bool) -> f32[n] { y = x; if t { y = 2 * x }; y }",
                "model M(n) { state s: f32[n]\nfn tick() -> f32[n] { s := s + 1; s }\nfn (x: f32[n]) -> f32[n] { tick(); x } }",
                "model A(n) { param a: f32[n] = 0 }\nmodel M(n) { inner: A(n)\nfn () -> f32[n] = inner.a }",
                "model M(n, context) { param a: f32[n] = 0\nfn () -> f32[n] = a }",
                "program P(model) { state s: f32[]\nentry e() -> f32[] { s := s + 1; s } }",
                "fn f(x: f32[2 * k], k: int) -> f32[2, k] = x as [(two k)] -> [two, k]",
            })
    void leavesAlone(String text) {
        assertThat(Rendering.text(lint(text))).isEmpty();
    }

    static List<String> shipped() {
        return Shipped.names();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void shippedProgramsHaveNothingOfIt(String name) {
        assertThat(Rendering.text(lint(Shipped.source(name).text()))).isEmpty();
    }

    @Test
    void anImportIsRemovedWithItsLine() {
        String text = "import nn // layers\nlet a = 1\n";
        Diagnostic unused = lint(text).getFirst();
        assertThat(unused.code()).isEqualTo(Code.UNUSED);
        assertThat(Objects.requireNonNull(unused.remedy()).apply(text)).isEqualTo("let a = 1\n");
    }

    private static List<Diagnostic> lint(String text) {
        Sources.Result result = Sources.check(new Source("test.weft", text), new Shipped());
        Module module = result.module();
        assertThat(module).as(Rendering.text(result.diagnostics())).isNotNull();
        return Lint.of(Objects.requireNonNull(module));
    }
}
