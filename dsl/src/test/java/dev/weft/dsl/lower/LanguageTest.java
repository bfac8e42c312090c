package dev.weft.dsl.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Program;
import dev.weft.graph.op.Constant;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each construct means, by numbers. Inputs count from 1 in row-major order where nothing else is said. */
class LanguageTest {

    private static Tensor counted(long... shape) {
        Tensor tensor = Tensor.zeros(TensorType.of(ElementType.F32, shape));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, i + 1);
        }
        return tensor;
    }

    private static Tensor ids(double... values) {
        return Tensor.of(TensorType.of(ElementType.I32, values.length), values);
    }

    /** The body of an entry over x: f32[2, 3]. */
    private static double[] body(String body) {
        return entry("x: f32[2, 3]", body, Map.of("x", counted(2, 3))).toArray();
    }

    private static Tensor entry(String parameters, String body, Map<String, Tensor> inputs) {
        String text = "model M() {}\nprogram P(model) { entry f(" + parameters + ") { " + body + " } }";
        return Shipped.call(text, Map.of(), inputs);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x[1]                                   | 4 5 6",
                "x[-1, -1]                              | 6",
                "x[:, 0]                                | 1 4",
                "x[:, 1:]                               | 2 3 5 6",
                "x[:, -2:-1]                            | 2 5",
                "x[..., 0:3:2]                          | 1 3 4 6",
                "x[0][_] + x                            | 2 4 6 5 7 9",
                "x[:, _, 0] - x[0, 0]                   | 0 3",
                "x.T                                    | 1 4 2 5 3 6",
                "x @ x.T                                | 14 32 32 77",
                "x.T @ x                                | 17 22 27 22 29 36 27 36 45",
                "x[0] @ x.T                             | 14 32",
                "sum(x)                                 | 21",
                "sum(x, 0)                              | 5 7 9",
                "sum(x, (0, 1))                         | 21",
                "mean(x, -1)                            | 2 5",
                "max(x, axis = 0) - min(x, axis = 0)    | 3 3 3",
                "argmax(-x, 1)                          | 0 0",
                "cumsum(x, 1)                           | 1 3 6 4 9 15",
                "concat((x, x[:, 0:1]), 1)              | 1 2 3 1 4 5 6 4",
                "reverse(x, 1)                          | 3 2 1 6 5 4",
                "pad(x[:, 0:1], 1, 1, 0, 9)             | 9 1 9 4",
                "where(x > 2, x, 0)                     | 0 0 3 4 5 6",
                "where(x > 2 and not x > 4, 1.0, 0.0)   | 0 0 1 1 0 0",
                "maximum(x, 3)                          | 3 3 3 4 5 6",
                "x % 4                                  | 1 2 3 0 1 2",
                "2 ** x[0]                              | 2 4 8",
                "x ** 2 / 2                             | 0.5 2 4.5 8 12.5 18",
                "-x[0] - 1                              | -2 -3 -4",
                "iota(3)                                | 0 1 2",
                "f32(iota(2)) + size(x, 1)              | 3 4",
                "i32(x[0] * 1.9)                        | 1 3 5",
                "x as [a, b] -> [b, a]                  | 1 4 2 5 3 6",
                "x as [a, b] -> [(b a)]                 | 1 4 2 5 3 6",
                "x as [a, b] -> [a, 1, b]               | 1 2 3 4 5 6",
                "(x as [(2 one), 3] -> 2 * [one, 3])[1] | 4 5 6",
                "(x as [a, (3 b)] -> 3 * [a, b])[1]     | 2 5",
                "(x, x) as 2 * [a, b] -> [a, (b 2)]     | 1 1 2 2 3 3 4 4 5 5 6 6",
                "(x[0], x[1]) as 2 * [a] -> [2, a]      | 1 2 3 4 5 6",
                "x[0] as [... , a] -> [..., a]          | 1 2 3",
            })
    void expressionsOfATable(String expression, String expected) {
        assertThat(body(expression)).containsExactly(parse(expected), within(1e-6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "12 / 4                          | 3",
                "7 % 4 + 2 ** 3                  | 11",
                "4 ** -0.5                       | 0.5",
                "-2 ** 2                         | -4",
                "1 / 2.0                         | 0.5",
                "minimum(3, 4) * 1.5             | 4.5",
                "len((1, 2, 3)) + rank(iota(3))  | 4",
                "sqrt(16) + floor(2.7) + abs(-1) | 7",
            })
    void constantsOfATable(String expression, double expected) {
        assertThat(entry("", expression, Map.of()).get(0)).isCloseTo(expected, within(1e-6));
    }

    private static double[] parse(String numbers) {
        return List.of(numbers.strip().split(" ")).stream()
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    @Test
    void namesAreBoundAgainAndLoopsAreUnrolled() {
        assertThat(body("s = x[0]; for i in range(1, 4) { s = s + i; t = s }; s"))
                .containsExactly(7, 8, 9);
        assertThat(body("s = 0.0; for (a, b) in zip((1, 2), (3, 4)) { s = s + a * b }; x[0] * s"))
                .containsExactly(11, 22, 33);
        assertThat(body("(a, (b, c)) = (x[0], (x[1], 2)); if c == 2 { d = a + b } else { d = a }; d"))
                .containsExactly(5, 7, 9);
    }

    @Test
    void batchedProductsStretch() {
        Map<String, Tensor> inputs = Map.of("a", counted(2, 2, 3), "b", counted(3, 2), "c", counted(2, 1, 3, 1));

        assertThat(entry("a: f32[2, 2, 3], b: f32[3, 2]", "a @ b", pick(inputs, "a", "b"))
                        .toArray())
                .containsExactly(22, 28, 49, 64, 76, 100, 103, 136);
        Tensor outer = entry("a: f32[2, 2, 3], c: f32[2, 1, 3, 1]", "a @ c", pick(inputs, "a", "c"));
        assertThat(outer.type()).isEqualTo(TensorType.of(ElementType.F32, 2, 2, 2, 1));
        assertThat(outer.toArray()).containsExactly(14, 32, 50, 68, 32, 77, 122, 167);
        Tensor swapped = entry("a: f32[2, 2, 3], c: f32[2, 1, 3, 1]", "c.T @ a.T", pick(inputs, "a", "c"));
        assertThat(swapped.toArray()).containsExactly(14, 32, 50, 68, 32, 77, 122, 167);
    }

    private static Map<String, Tensor> pick(Map<String, Tensor> inputs, String... names) {
        Map<String, Tensor> picked = new LinkedHashMap<>();
        for (String name : names) {
            picked.put(name, inputs.get(name));
        }
        return picked;
    }

    @Test
    void rowsOfATableAreLookedUp() {
        Tensor rows = entry("t: f32[3, 2], i: i32[2]", "t[i]", Map.of("t", counted(3, 2), "i", ids(2, 0)));

        assertThat(rows.toArray()).containsExactly(5, 6, 1, 2);
    }

    @Test
    void callSizesAreBoundByTheCall() {
        String text = """
                fn twice(x: f32[..., 2 * n], k: int) -> f32[..., n] where k > 0 = k * (x as [..., (2 n)] -> 2 * [..., n])[1]
                model M() {}
                program P(model) { entry f(x: f32[2, 4]) = twice(x, k = 3) }
                """;

        assertThat(Shipped.call(text, Map.of(), Map.of("x", counted(2, 4))).toArray())
                .containsExactly(9, 12, 21, 24);
    }

    @Test
    void gradientsNest() {
        String text = """
                fn cube(x: f32[], y: f32[]) -> (f32[], f32[]) = (x * x * x * y, y)
                fn slope(x: f32[], y: f32[]) -> f32[] = grad(cube, wrt x)(x, y)
                model M() {}
                program P(model) {
                    entry f(x: f32[]) -> (f32[], f32[], f32[], f32[], f32[]) {
                        ((value, more), (gx, gy)) = value_and_grad(cube, wrt x, wrt y)(x, 2)
                        (value, more, gx, gy, grad(slope, wrt x)(x, 2))
                    }
                    entry g(x: f32[]) = grad(grad(slope, wrt x), wrt x)(x, 2)
                }
                """;
        Program program = Shipped.text(text, EntryRequest.of("f", Map.of()), EntryRequest.of("g", Map.of()));

        Map<String, Tensor> out = Shipped.run(program, "f", Map.of(), Map.of("x", Shipped.f32(3)));
        double third = Shipped.run(program, "g", Map.of(), Map.of("x", Shipped.f32(3)))
                .get("result")
                .get(0);

        assertThat(out.values().stream().map(tensor -> tensor.get(0))).containsExactly(54.0, 2.0, 54.0, 27.0, 36.0);
        assertThat(third).isEqualTo(12);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x[0] = 7; x                                          | 7 7 7 4 5 6",
                "x[:, -1] = zeros(2); x                               | 1 2 0 4 5 0",
                "x[:, 1:] = -x[:, 0:2]; x                             | 1 -1 -2 4 -4 -5",
                "x[1, 0:2] = x[0, 1:3]; x                             | 1 2 3 2 3 6",
                "x[i32(1) ..+ 1, 2] = 9; x                            | 1 2 3 4 5 9",
                "x[...] = 1; x                                        | 1 1 1 1 1 1",
                "y = x; y[0] = 0; x + y                               | 1 2 3 8 10 12",
                "out = zeros(3, 2); for i in range(3) { out[i] = x[:, i] }; out | 1 4 2 5 3 6",
            })
    void partsAreReplaced(String body, String expected) {
        assertThat(Arrays.stream(body(body)).mapToObj(value -> String.valueOf((int) value)))
                .containsExactly(expected.split(" "));
    }

    @Test
    void aReplacedPartHasTheGradientOfWhatReplacedIt() {
        Map<String, Tensor> out = Shipped.run(
                Shipped.text("""
                        model M() {}
                        fn g(x: f32[2, 3], h: f32[3]) -> f32[] {
                            y = 2 * x
                            y[1] = 5 * h
                            sum(y * x)
                        }
                        program P(model) {
                            entry f(x: f32[2, 3], h: f32[3]) -> (f32[2, 3], f32[3]) = grad(g, wrt x, wrt h)(x, h)
                        }
                        """, EntryRequest.of("f", Map.of())),
                "f",
                Map.of(),
                Map.of("x", counted(2, 3), "h", counted(3)));
        assertThat(out.get("result.0").toArray()).containsExactly(4, 8, 12, 5, 10, 15);
        assertThat(out.get("result.1").toArray()).containsExactly(20, 25, 30);
    }

    @Test
    void treesAreComputedLeafByLeaf() {
        String text = """
                model M() {
                    param a: f32[2] = 2
                    param b: f32[1, 3] = 3
                }
                program P(model) {
                    state mean: like params(model) = params(model)
                    entry f(by: f32[]) -> f32[] {
                        mean := sqrt(mean * mean) + by * params(model)
                        total = 0.0
                        for (w, m) in zip(params(model), mean) {
                            if path(w) == path(model.b) { total = total + sum(m) * rank(w) }
                            w := w - 1
                        }
                        total
                    }
                }
                """;
        Program program = Shipped.text(text, EntryRequest.of("f", Map.of()));
        Map<String, Tensor> stored = Shipped.initial(program, 0);

        Tensor result =
                Shipped.run(program, "f", stored, Map.of("by", Shipped.f32(10))).get("result");

        assertThat(result.get(0)).isEqualTo(33 * 3 * 2);
        assertThat(stored.get("program.mean.a").toArray()).containsExactly(22, 22);
        assertThat(stored.get("b").toArray()).containsExactly(2, 2, 2);
    }

    @Test
    void sizesKeepTheirNamesAndValuesTheirPlaces() {
        Program program = Shipped.text(
                "model M(n = 2) {\n    fn f(x: f32[B, n]) -> f32[B, n] = exp(x)\n}\n",
                EntryRequest.of("f", Map.of("B", 3L)));
        var value = program.function("f").results().getFirst();

        assertThat(value.type()).hasToString("f32[3:B,2]");
        assertThat(program.function("f").provenance().of(value)).hasToString("[test.weft:2:39]");
    }

    @Test
    void knownScalarsAreCompiledIn() {
        Program program = Shipped.text(
                """
                fn scaled(x: f32[n], by: f32[], twice: bool) -> f32[n] {
                    if twice and not known_zero(by) { 2 * by * x } else { x }
                }
                model M() { fn f(x: f32[n], by: f32[] = 3) -> f32[n] = scaled(x, by, twice = true) }
                """,
                EntryRequest.of("f", Map.of("n", 2L)),
                EntryRequest.of("f", Map.of("n", 2L))
                        .constants(Map.of("by", "0"))
                        .as("zero"));

        assertThat(program.entry("f").inputs()).containsExactly("x");
        assertThat(program.function("scaled").values())
                .anyMatch(value -> value.op() instanceof Constant constant && constant.value() == 3);
        assertThat(program.function("zero").values()).hasSize(1);
    }
}
