package dev.weft.dsl.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Program;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What storage means, by numbers: where it is written, what it is named, what it begins with. */
class StorageTest {

    private static Tensor counted(long... shape) {
        Tensor tensor = Tensor.zeros(TensorType.of(ElementType.F32, shape));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, i + 1);
        }
        return tensor;
    }

    @Test
    void storageIsWrittenInPlace() {
        String text = """
                model M(n = 3) {
                    state s: f32[2, n]
                    state t: f32[]
                    fn put(x: f32[n], at: i32[]) -> f32[2, n] {
                        old = t
                        t := t + 1
                        s[1, at ..+ 2] := x[0:2]
                        s[0] := x * (t - old)
                        s[:, 0:1] := 7
                        s
                    }
                }
                """;
        Program program = Shipped.text(text, EntryRequest.of("put", Map.of()));
        Map<String, Tensor> stored = Shipped.initial(program, 0);
        Map<String, Tensor> inputs = Map.of("x", counted(3), "at", Shipped.i32(1));

        Tensor result = Shipped.run(program, "put", stored, inputs).get("result");

        assertThat(result.toArray()).containsExactly(7, 2, 3, 7, 1, 2);
        assertThat(stored.get("s").toArray()).containsExactly(7, 2, 3, 7, 1, 2);
        assertThat(stored.get("t").get(0)).isEqualTo(1);
    }

    @Test
    void equalPartsShareAFunctionAndKeepTheirStorage() {
        String text = """
                model Counter(step) {
                    state n: f32[]
                    fn (x: f32[]) -> f32[] { n := n + step * x; n }
                }
                model M() {
                    a, b: Counter(2)
                    many: 2 * Counter(3)
                    fn f(x: f32[]) -> f32[] {
                        y = a(x) + b(x) + b(x)
                        for c in many { y = y + c(x) }
                        y
                    }
                }
                """;
        Program program = Shipped.text(text, EntryRequest.of("f", Map.of()));
        Map<String, Tensor> stored = Shipped.initial(program, 0);

        Tensor result =
                Shipped.run(program, "f", stored, Map.of("x", Shipped.f32(1))).get("result");

        assertThat(result.get(0)).isEqualTo(2 + 2 + 4 + 3 + 3);
        assertThat(stored.get("b.n").get(0)).isEqualTo(4);
        assertThat(stored.get("many.1.n").get(0)).isEqualTo(3);
        assertThat(program.functions()).hasSize(4);
    }

    @Test
    void stateUnderAGradientIsWrittenOnce() {
        String text = """
                model M() {
                    param w: f32[] = 3
                    param unused: f32[2] = 1
                    teacher: frozen Scale()
                    state calls: f32[]
                    fn loss(x: f32[]) -> f32[] { calls := calls + 1; teacher(w * w * x) }
                }
                model Scale() { param by: f32[] = 5; fn (x: f32[]) -> f32[] = by * x }
                program P(model) {
                    entry f(x: f32[]) -> (f32[], like params(model)) = value_and_grad(model.loss, wrt params(model))(x)
                }
                """;
        String ordered = text.replace("model Scale", "model Last").replace("Scale()", "Last()");
        Program program = Shipped.text(
                ordered.replaceFirst("(?s)(model M.*?\\n}\\n)(model Last.*?\\n)", "$2$1"),
                EntryRequest.of("f", Map.of()));
        Map<String, Tensor> stored = Shipped.initial(program, 0);

        Map<String, Tensor> out = Shipped.run(program, "f", stored, Map.of("x", Shipped.f32(2)));

        assertThat(out.keySet()).containsExactly("result.0", "result.1.w", "result.1.unused");
        assertThat(out.get("result.1.w").get(0)).isEqualTo(60);
        assertThat(out.get("result.1.unused").toArray()).containsExactly(0, 0);
        assertThat(stored.get("calls").get(0)).isEqualTo(1);
    }

    @Test
    void initialValuesAreRandomByPathAndSeed() {
        String text = """
                model M(n = 2000) {
                    param w, v: f32[n] = normal(0.5)
                    buffer u: f32[n] = uniform(-1, 3)
                    buffer c: f32[2, n] = f32(iota(n)) * 2
                    fn f() -> f32[n] = w + v + u + c[0]
                }
                """;
        Program program = Shipped.text(text, EntryRequest.of("f", Map.of()));
        Map<String, Tensor> stored = Shipped.initial(program, 1);
        double[] w = stored.get("w").toArray();
        double[] u = stored.get("u").toArray();

        assertThat(Arrays.stream(w).average().orElseThrow()).isCloseTo(0, within(0.05));
        assertThat(Math.sqrt(Arrays.stream(w).map(x -> x * x).average().orElseThrow()))
                .isCloseTo(0.5, within(0.05));
        assertThat(Arrays.stream(u)).allMatch(x -> x >= -1 && x < 3);
        assertThat(Arrays.stream(u).average().orElseThrow()).isCloseTo(1, within(0.1));
        assertThat(stored.get("c").get(2003)).isEqualTo(6);
        assertThat(stored.get("v").toArray()).isNotEqualTo(w);
        assertThat(Shipped.initial(program, 1).get("w").toArray()).isEqualTo(w);
        assertThat(Shipped.initial(program, 2).get("w").toArray()).isNotEqualTo(w);
    }

    @Test
    void twoRandomsDifferAndATurnOfALoopIsAnother() {
        String text = """
                fn noise(x: f32[n]) -> f32[n] = random_like(x)
                model M() {}
                program P(model) {
                    entry f(x: f32[4], step: i32[]) {
                        y = x
                        for i in range(2) { y = concat((y, noise(x)), 0) }
                        concat((y, random(4)), 0)
                    }
                }
                """;
        Program program = Shipped.text(text, EntryRequest.of("f", Map.of()));
        assertThat(program.entry("f").inputs()).containsExactly("x", "step", "seed");
        Map<String, Tensor> inputs =
                new HashMap<>(Map.of("x", counted(4), "step", Shipped.i32(1), "seed", Shipped.i32(2)));

        double[] out = Shipped.run(program, "f", Map.of(), inputs).get("result").toArray();

        assertThat(out).doesNotHaveDuplicates().hasSize(16);
    }
}
