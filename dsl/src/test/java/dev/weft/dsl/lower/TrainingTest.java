package dev.weft.dsl.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.Lowering;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.Shape;
import dev.weft.graph.verify.Verifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingTest {

    private static final Map<String, Long> SIZES = Map.of("B", 2L, "T", 5L);
    private static final Map<String, String> TINY =
            Map.of("layers", "2", "heads", "2", "width", "8", "context", "12", "vocab", "17");
    private static final Map<String, String> CLASSIFIER = Map.of("features", "6", "hidden", "8", "classes", "3");

    private static Program train(
            String model, Map<String, String> constants, Choice optimizer, EntryRequest... entries) {
        return Lowering.lower(new LowerRequest(
                Shipped.model(model, constants), optimizer, List.of(Shipped.program("train")), List.of(entries)));
    }

    @ParameterizedTest
    @CsvSource({"gpt, adamw", "gpt, sgd", "llama, adamw", "llama, sgd", "mlp, adamw", "mlp, sgd"})
    void stepsMakeTheLossSmaller(String model, String optimizer) {
        Program program = train(
                model,
                model.equals("mlp") ? CLASSIFIER : TINY,
                Shipped.optimizer(optimizer, Map.of()),
                EntryRequest.of("step", SIZES));
        assertThat(Verifier.problems(program)).isEmpty();
        Map<String, Tensor> stored = Shipped.initial(program, 3);
        Map<String, Tensor> inputs = Shipped.inputs(program, "step", 3, 4);
        inputs.put("lr", Shipped.f32(optimizer.equals("sgd") ? 0.1 : 0.01));
        inputs.put("clip", Shipped.f32(1));
        double first =
                Shipped.run(program, "step", stored, inputs).get("result.0").get(0);
        for (int i = 0; i < 4; i++) {
            Shipped.run(program, "step", stored, inputs);
        }
        double last =
                Shipped.run(program, "step", stored, inputs).get("result.0").get(0);

        assertThat(first).isFinite();
        assertThat(last).isLessThan(first);
    }

    @Test
    void storageIsNamedByPathAndOnlyWhatIsUsedIsStored() {
        Program program = train("gpt", TINY, Shipped.optimizer("adamw", Map.of()), EntryRequest.of("step", SIZES));

        assertThat(program.stored("blocks.1.attn.qkv.weight").role()).isEqualTo(Stored.Role.PARAM);
        assertThat(program.stored("optimizer.m.blocks.1.attn.qkv.weight").role())
                .isEqualTo(Stored.Role.STATE);
        assertThat(program.stored("optimizer.t").type().rank()).isZero();
        assertThat(program.stored()).noneMatch(stored -> stored.name().startsWith("program."));
        assertThat(program.stored()).noneMatch(stored -> stored.role() == Stored.Role.CACHE);
        Entry step = program.entry("step");
        assertThat(step.inputs()).containsExactly("tokens", "targets", "weight", "lr", "clip");
        assertThat(step.outputs()).containsExactly("result.0", "result.1");
        assertThat(program.entry("init").writes()).containsAll(step.writes());
    }

    @Test
    void microBatchesAddUpToTheWholeBatch() {
        Choice sgd = Shipped.optimizer("sgd", Map.of());
        Program whole = train("gpt", TINY, sgd, EntryRequest.of("step", Map.of("B", 4L, "T", 5L)));
        Program parts = train(
                "gpt",
                TINY,
                sgd,
                EntryRequest.of("accumulate", Map.of("B", 1L, "T", 5L)),
                EntryRequest.of("apply", Map.of()));
        Map<String, Tensor> inputs = Shipped.inputs(whole, "step", 17, 5);
        inputs.put("lr", Shipped.f32(0.1));
        inputs.put("clip", Shipped.f32(0.5));
        Map<String, Tensor> atOnce = Shipped.initial(whole, 3);
        Map<String, Tensor> inTurn = Shipped.initial(parts, 3);
        Tensor norm = Shipped.run(whole, "step", atOnce, inputs).get("result.1");
        for (int row = 0; row < 4; row++) {
            Map<String, Tensor> one = new HashMap<>();
            for (String name : List.of("tokens", "targets", "weight")) {
                one.put(name, row(inputs.get(name), row));
            }
            Shipped.run(parts, "accumulate", inTurn, one);
        }
        Tensor appliedNorm = Shipped.run(
                        parts, "apply", inTurn, Map.of("lr", inputs.get("lr"), "clip", inputs.get("clip")))
                .get("result");

        assertThat(appliedNorm.get(0)).isCloseTo(norm.get(0), within(1e-5));
        Tensor expected = atOnce.get("blocks.0.mlp.expand.weight");
        Tensor got = inTurn.get("blocks.0.mlp.expand.weight");
        for (int i = 0; i < got.size(); i++) {
            assertThat(got.get(i)).isCloseTo(expected.get(i), within(1e-6));
        }
        assertThat(inTurn.get("program.weights").get(0)).isZero();
    }

    private static Tensor row(Tensor batch, int row) {
        double[] data = new double[batch.width()];
        for (int i = 0; i < data.length; i++) {
            data[i] = batch.get(row * data.length + i);
        }
        return Tensor.of(batch.type().withShape(Shape.of(1, data.length)), data);
    }

    @Test
    void adamwDoesWhatItsPaperSays() {
        Program program = Lowering.lower(new LowerRequest(
                Choice.last(Shipped.parse("line.weft", """
                                model Line(n = 2) {
                                    param w: f32[n, 1] = 0.5
                                    param b: f32[] = 1
                                    fn loss(x: f32[B, n], y: f32[B]) -> (f32[], f32[]) {
                                        wrong = (x @ w)[:, 0] + b - y
                                        (sum(wrong * wrong), f32(size(x, 0)))
                                    }
                                }
                                """), DefinitionKind.MODEL, Map.of()),
                Shipped.optimizer("adamw", Map.of("decay", "0.1")),
                List.of(Shipped.program("train")),
                List.of(EntryRequest.of("step", Map.of("B", 3L)))));
        double[][] x = {{1, 2}, {3, -1}, {0, 4}};
        double[] y = {1, 2, 3};
        double[] w = {0.5, 0.5, 1};
        double[] m = new double[3];
        double[] v = new double[3];
        Map<String, Tensor> stored = Shipped.initial(program, 0);
        Map<String, Tensor> inputs = Map.of(
                "x", Shipped.f32(new long[] {3, 2}, 1, 2, 3, -1, 0, 4),
                "y", Shipped.f32(new long[] {3}, y),
                "lr", Shipped.f32(0.01),
                "clip", Shipped.f32(1));
        for (int t = 1; t <= 3; t++) {
            double[] g = gradient(x, y, w);
            double norm = Math.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
            for (int i = 0; i < 3; i++) {
                double clipped = g[i] * Math.min(1, 1 / (norm + 1e-6));
                m[i] = 0.9 * m[i] + 0.1 * clipped;
                v[i] = 0.95 * v[i] + 0.05 * clipped * clipped;
                w[i] -= i < 2 ? 0.01 * 0.1 * w[i] : 0;
                w[i] -= 0.01 * (m[i] / (1 - Math.pow(0.9, t))) / (Math.sqrt(v[i] / (1 - Math.pow(0.95, t))) + 1e-8);
            }
            Tensor got = Shipped.run(program, "step", stored, inputs).get("result.1");
            assertThat(got.get(0)).isCloseTo(norm, within(1e-4));
        }

        assertThat(stored.get("w").toArray()).containsExactly(new double[] {w[0], w[1]}, within(1e-5));
        assertThat(stored.get("b").get(0)).isCloseTo(w[2], within(1e-5));
        assertThat(stored.get("optimizer.t").get(0)).isEqualTo(3);
    }

    private static double[] gradient(double[][] x, double[] y, double[] w) {
        double[] g = new double[3];
        for (int i = 0; i < 3; i++) {
            double wrong = x[i][0] * w[0] + x[i][1] * w[1] + w[2] - y[i];
            g[0] += 2 * wrong * x[i][0] / 3;
            g[1] += 2 * wrong * x[i][1] / 3;
            g[2] += 2 * wrong / 3;
        }
        return g;
    }

    @Test
    void dropoutIsARateThatIsGivenAtRunTimeOnRequest() {
        Program program = train(
                "gpt",
                TINY,
                Shipped.optimizer("sgd", Map.of()),
                EntryRequest.of("step", SIZES).inputs(Set.of("drop")));

        assertThat(program.entry("step").inputs())
                .containsExactly("tokens", "targets", "weight", "drop", "lr", "clip", "seed", "step");
    }

    @Test
    void theCosineScheduleRisesAndFalls() {
        Program program = train("gpt", TINY, Shipped.optimizer("sgd", Map.of()), EntryRequest.of("rate", Map.of()));
        Map<String, Tensor> inputs = new HashMap<>(Map.of(
                "steps", Shipped.f32(100),
                "warmup", Shipped.f32(10),
                "peak", Shipped.f32(1),
                "floor", Shipped.f32(0.1)));
        inputs.put("step", Shipped.f32(4));
        assertThat(Shipped.run(program, "rate", Map.of(), inputs).get("result").get(0))
                .isCloseTo(5 / 11.0, within(1e-6));
        inputs.put("step", Shipped.f32(55));
        assertThat(Shipped.run(program, "rate", Map.of(), inputs).get("result").get(0))
                .isCloseTo(0.55, within(1e-6));
        inputs.put("step", Shipped.f32(200));
        assertThat(Shipped.run(program, "rate", Map.of(), inputs).get("result").get(0))
                .isCloseTo(0.1, within(1e-6));
    }
}
