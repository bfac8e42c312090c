package dev.weft.dsl.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Shipped;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Rendering;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is right and what is wrong, line by line. The wrong ones start with the code that is reported. */
class CheckerTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                // paths
                "optimizer O(model) { fn update(grads: like params(model), lr: f32[]) {\n"
                        + "for (w, g) in zip(params(model), grads) {\n"
                        + "slow = path(w) in [embed.*, **.bias]\n"
                        + "w := w - (if slow and rank(w) < 2 { 0.1 } else { 1.0 }) * lr * g } } }",
                // parts replaced
                "fn f(x: f32[B, T, n], h: f32[B, n]) -> f32[B, T, n] where T > 0 { x[:, 0] = h; x[:, -1] = 0; x }",
                "fn f(x: f32[B, T, n]) -> f32[B, T, n] { out = zeros(B, T, n); for t in range(T) { out[:, t] = 2 * x[:, t] }; out }",
                "fn f(x: f32[..., n], at: i32[]) -> f32[..., n] where n > 2 { x[..., 0:2] = x[..., 1:3]; x }",
                "fn f(x: f32[n], at: i32[]) -> f32[n] where n > 2 { x[at ..+ 2] = 1; x }",
                // stretching
                "fn f(x: f32[n, m], y: f32[m]) -> f32[n, m] = x + y",
                "fn f(x: f32[n, m], y: f32[n]) -> f32[n, m] = x + y[:, _]",
                "fn f(x: f32[n, 1], y: f32[m]) -> f32[n, m] = x * y",
                "fn f(x: f32[..., n], y: f32[n]) -> f32[..., n] = x - y",
                "fn f(x: f32[..., n]) -> bool[..., n] = x > 0 and x < 1",
                "fn f(x: i32[n]) -> f32[n] = where(x == 3, 1.5, f32(x))",
                // sizes
                "fn f(x: f32[n * m], n: int, m: int) -> f32[n, m] where n > 0 = x as [(n m)] -> [n, m]",
                "fn f(x: f32[2 * n], y: f32[n]) -> f32[3 * n] = concat((x, y), 0)",
                "fn f(x: f32[n], y: f32[m]) -> f32[n + m] = concat((x, y), -1)",
                "fn f(x: f32[n]) -> f32[n - 1] where n > 0 = x[1:] - x[:-1]",
                "fn f(x: f32[n]) -> f32[n / 2] where n % 2 == 0 = x[0:n:2]",
                "fn f(x: f32[n], y: f32[m]) -> f32[n] where n == m = x + y",
                "fn f(x: f32[n]) -> f32[n + 3] = pad(x, 0, 1, 2)",
                "fn f(x: f32[n], k: int) -> f32[k] where k <= n = x[0:k]",
                "fn f(x: f32[n]) -> f32[] where n >= 2 = x[0] + x[1] + x[-1]",
                "fn f(x: f32[n], at: i32[]) -> f32[2] where n > 1 = x[at ..+ 2]",
                "fn f(x: f32[a * b], a: int, b: int) -> f32[b * a] = reverse(x, 0)",
                "fn f(x: f32[(a + b) ** 2], a: int, b: int) -> f32[a ** 2 + 2 * a * b + b ** 2] = x",
                "model M(w, h) where w % h == 0, (w / h) % 2 == 0 { param p: f32[h, 2, w / h / 2] = 0\n"
                        + "fn () -> f32[w] = p as [h, 2, e] -> [(h 2 e)] }",
                "model M(w, h) where w % h == 0 { fn (x: f32[3 * w]) -> f32[3, h, w / h] = x as [(3 h d)] -> [3, h, d] }",
                // products
                "fn f(a: f32[b, m, k], c: f32[b, k, n]) -> f32[b, m, n] = a @ c",
                "fn f(a: f32[..., k], c: f32[k, n]) -> f32[..., n] = a @ c",
                "fn f(a: f32[b, g, m, k], c: f32[b, 1, k, n]) -> f32[b, g, m, n] = a @ c",
                "fn f(a: f32[b, m, k]) -> f32[b, m, m] = a @ a.T",
                // look-up, reduction
                "fn f(t: f32[v, d], ids: i32[...]) -> f32[..., d] = t[ids]",
                "fn f(x: f32[a, b, c]) -> f32[b] = sum(x, (0, 2))",
                "fn f(x: f32[..., n]) -> i32[...] = argmax(x, -1)",
                "fn f(x: f32[n, m]) -> f32[] = mean(cumsum(x, 1)) + max(x)",
                // control
                "fn f(x: f32[n], t: bool) -> f32[n] { if t { y = x } else { y = 2 * x }; y }",
                "fn f(x: f32[n], a: f32[m], t: bool) -> f32[] { y = x; if t { y = a }; sum(y * y) }",
                "fn f(x: f32[]) -> f32[] { for i in range(3) { x = x + i }; x }",
                "fn f(x: f32[]) -> f32[] { for (a, b) in zip((1, 2), (x, 3.0)) { x = x + a * b }; x }",
                "fn f(x: f32[n], deep: int) -> f32[n] { if deep > 3 { 2 * x } else if deep == 3 { x } else { -x } }",
                "fn f(x: f32[]) -> f32[] { total = 0; for i in range(5) { total = total + i * x }; total }",
                "fn f(x: f32[], n: int) -> f32[] { k = 0; for i in range(n) { k = k + 1 }; x * k }",
                // gradients
                "fn f(x: f32[n]) -> f32[] = sum(x * x)\nfn g(x: f32[n]) -> f32[n] = grad(f, wrt x)(x)",
                "fn f(x: f32[n]) -> (f32[], i32[]) = (sum(x), argmax(x, 0))\n"
                        + "fn g(x: f32[n]) -> i32[] { ((y, at), dx) = value_and_grad(f, wrt x)(x); at }",
                "import nn\nmodel M(w) { a: nn.Linear(w, w)\nfn l(x: f32[w]) -> f32[] = sum(a(x))\n"
                        + "fn g(x: f32[w]) -> like params(a) = grad(l, wrt params(a))(x) }",
                // trees, storage
                "optimizer O(model) { state m: like params(model)\nfn update(g: like params(model), lr: f32[]) {"
                        + " m := 0.9 * m + g; for (w, v) in zip(params(model), m) { w := w - lr * v } } }",
                "optimizer O(model) { fn update(g: like params(model), lr: f32[]) { for w in params(model) {"
                        + " if path(w) == path(model.head.weight) { w := 0 } } } }",
                "model M(n) where n > 0 { state s: f32[n]\nfn (x: f32[n]) -> f32[n] { s[0:1] := 1; s := s + x; s } }",
                // generic programs
                "program p(model) { entry e(x: f32[n]) = model.anything(x) }",
                "program p(model) { entry e(b: arguments(model.loss), k: f32[]) -> f32[] { (a, c) = model.loss(...b); a } }",
            })
    void right(String text) {
        assertThat(Rendering.text(check(text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "W0502 fn f(x: f32[n], y: f32[m]) -> f32[n] { x[0:m] = y; x }",
                "W0502 fn f(x: f32[T, n], h: f32[n]) -> f32[T, n] { x[0] = h; x }",
                "W0502 fn f(x: f32[T, n], h: f32[m]) -> f32[T, n] where T > 0 { x[0] = h; x }",
                "W0402 fn f(x: f32[n], y: i32[n]) -> f32[n] { x[0:n] = y; x }",
                "W0401 fn f(x: f32[n]) -> f32[n] { x[0:n:2] = 0; x }",
                "W0401 fn f(x: f32[n], at: i32[m]) -> f32[n] { x[at] = 0; x }",
                "W0401 fn f(x: f32[n]) -> f32[n] { y = 3; y[0] = 0; x }",
                "W0401 model M(n) where n > 1 { state s: f32[n]\nfn f() { s[0] = 1 } }",
                "W0401 model M(n) where n > 1 { state s: f32[n]\nfn f() { s[0:n:2] := 1 } }",
                "W0203 fn f(x: f32[n]) -> f32[n] { y[0:n] = x; y }",
                "W0502 fn f(x: f32[n], y: f32[m]) -> f32[n] = x + y",
                "W0501 fn f(x: f32[n], y: f32[n + 1]) -> f32[n] = x + y",
                "W0501 fn f(x: f32[n], y: f32[3 * n]) -> f32[n] = x + y",
                "W0501 fn f(x: f32[3], y: f32[4]) -> f32[3] = x + y",
                "W0502 fn f(x: f32[n, m]) -> f32[n, m] = x.T",
                "W0502 fn f(x: f32[n]) -> f32[n - 1] = x[1:]",
                "W0502 fn f(x: f32[n], at: i32[]) -> f32[2] = x[at ..+ 2]",
                "W0502 fn f(x: f32[n]) -> f32[n / 2] where n % 3 == 0 = x[0:n / 2]",
                "W0503 fn f(x: f32[7]) -> f32[] = x[7]",
                "W0503 fn f(x: f32[7]) -> f32[] = sum(x[4:3])",
                "W0502 fn f(a: f32[b, m, k], c: f32[d, k, n]) -> f32[b, m, n] = a @ c",
                "W0403 fn f(a: f32[k], c: f32[b, k, n]) -> f32[b, n] = a @ c",
                "W0403 fn f(x: f32[..., n]) -> f32[..., n] = x - max(x, -1)",
                "W0403 fn f(x: f32[..., n]) -> f32[n] = sum(x, 0)",
                "W0403 fn f(x: f32[n]) -> f32[] = sum(x, 1)",
                "W0402 fn f(x: f32[n], y: i32[n]) -> f32[n] = x + y",
                "W0402 fn f(x: i32[n]) -> i32[n] = x + 0.5",
                "W0402 fn f(x: bool[n]) -> bool[n] = x + x",
                "W0402 fn f(x: f32[n]) -> f32[n] = where(x, x, x)",
                "W0402 fn f(x: f32[n]) -> i32[n] = x",
                "W0402 fn f(x: i32[n]) -> f32[n] = exp(x)",
                "W0404 fn f(x: f32[n]) -> f32[] = x",
                "W0404 fn f(x: f32[n]) -> (f32[], f32[]) = sum(x)",
                "W0404 fn f(x: f32[n]) { x }",
                "W0203 fn f(x: f32[n]) -> f32[n] { for i in range(2) { y = x }; y }",
                "W0301 fn f(x: f32[n]) -> f32[n] = exp()",
                "W0301 fn f(x: f32[n]) -> f32[n] = exp(x, x)",
                "W0302 fn f(x: f32[n]) -> f32[] = sum(x, axes = 0)",
                "W0303 fn f(x: f32[n]) -> f32[n] = x(1)",
                "W0405 fn f(x: f32[n], k: f32[]) -> f32[n] = g(x, k)\nfn g(x: f32[n], k: float) -> f32[n] = k * x",
                "W0401 fn f(k: i32[]) -> i32[k] = iota(3)",
                "W0206 fn f(x: f32[]) -> f32[] = g(x)\nfn g(x: f32[]) -> f32[] = f(x)",
                "W0206 model A() { b: B() }\nmodel B() { a: A() }",
                "W0502 model A(n) where n > 3 { param p: f32[n] = 0 }\nmodel B(n) { a: A(n) }",
                "W0503 model A(n) where n > 3 { param p: f32[n] = 0 }\nmodel B() { a: A(2) }",
                "W0602 model M(n) { param w: f32[n] = 0\nfn (x: f32[n]) -> f32[n] { w := x; x } }",
                "W0601 optimizer O(model) { fn update(g: like params(model)) { for v in g { v := 0 } } }",
                "W0403 model M(n) { state s: f32[n]\nfn (x: f32[n, n]) -> f32[n] { s := x; s } }",
                "W0603 fn f(x: f32[n]) -> f32[n] = x + normal(0.1)",
                "W0407 fn f(x: f32[n]) -> f32[] = sum(x)\nfn g(x: f32[n]) -> f32[n] = grad(f, wrt y)(x)",
                "W0402 model M(n) { param w: i32[n] = normal(0.1) }",
                "W0403 model M(n) { param w: f32[...] = 0 }",
                "W0504 fn f(x: f32[n, m]) -> f32[m] = x as [n, m] -> [m]",
                "W0504 fn f(x: f32[n, m]) -> f32[n, n] = x as [n, m] -> [n, n]",
                "W0504 fn f(x: f32[n, m]) -> f32[n] = x as [n] -> [n]",
                "W0403 fn f(x: f32[n, m]) -> f32[n] = sum(x, 1)\nfn g(x: f32[n]) -> f32[] = sum(f(x))",
                "W0401 fn f(x: f32[n, m]) -> f32[n] = sum(x, 1)\nfn g(x: f32[n, 3]) -> f32[] = sum(f(x, x) + f(3))",
                "W0401 fn f(x: f32[n]) -> f32[n] = x\nfn g() -> f32[] = sum(f(3))",
                "W0205 fn f(x: f32[x]) -> f32[] = sum(x)",
                "W0205 model M() { fn loss(lr: f32[]) -> f32[] = lr }\nmodel N() { m: M() }\n"
                        + "program p(model) { entry e(lr, lr: f32[]) -> f32[] = lr }",
                "W0302 fn f(n: int) -> f32[n] = random(n = 3)",
                "W0206 optimizer O(model) { state m: like params(m) }",
                "W0206 model M(n) { let a = b\nlet b = a }",
                "W0206 let a = a + 1",
                "W0504 fn f(x: f32[n]) -> f32[n] = x as [(n new)] -> [n]",
                "W0402 model M(n) { param w: bf16[n] = 0 }",
                "W0401 optimizer O(model) { fn f() { for w in params(model) { if w in [embed.*] { w := 0 } } } }",
                "W0401 fn f(x: f32[n]) -> f32[n] = if x in [a.**] { x } else { 2 * x }",
                "W0401 program p(model) { entry e(k: int) -> i32[k] = iota(k) }",
            })
    void wrong(String line) {
        String code = line.substring(0, 5);
        List<Diagnostic> found = check(line.substring(6));
        assertThat(found)
                .as(Rendering.text(found))
                .extracting(diagnostic -> diagnostic.code().id())
                .contains(code);
    }

    /** Both sides of a mismatch say where they come from, through whatever lies between. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fn f(x: f32[n], y: i32[n]) -> f32[n] = reverse(x, 0) + reverse(y, 0)[0:n] | f32[n] ; i32[n]",
                "fn f(x: f32[n]) -> f32[n] { y = i32(x); z = y + 1; exp(z) }            | i32(x)",
                "fn f(x: f32[n]) -> f32[n] { y = x > 0; concat((x, y), 0) }             | f32[n] ; x > 0",
                "fn f(x: f32[n]) -> i32[n] = where(x > 0, x, -x)                        | i32[n] ; f32[n]",
                "model M(n) { state s: i32[n]\\n fn f(x: f32[n]) { s := x * 2 } }       | i32[n] ; f32[n]",
                "fn g(x: f32[n]) -> i32[] = i32(sum(x))\\nfn f(x: f32[n]) -> f32[n] = x + g(x) | f32[n] ; i32[]",
            })
    void elementTypesNameWhereTheyComeFrom(String text, String origins) {
        String program = text.replace("\\n", "\n");
        List<Diagnostic> found = check(program);
        assertThat(found).extracting(Diagnostic::code).contains(Code.ELEMENT_MISMATCH);
        Diagnostic mismatch = found.stream()
                .filter(one -> one.code() == Code.ELEMENT_MISMATCH)
                .findFirst()
                .orElseThrow();
        assertThat(mismatch.notes().stream().map(note -> note.span().text())).containsExactly(origins.split(" ; "));
    }

    private static List<Diagnostic> check(String text) {
        return Sources.check(new Source("test.weft", text), new Shipped()).diagnostics();
    }
}
