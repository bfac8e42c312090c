package dev.weft.dsl.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.Lowering;
import dev.weft.dsl.Module;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Parameters in groups by path, and parts whose parameters stay as they are. */
class GroupsTest {

    private static final String MODEL = """
            model Layer(n) {
                param weight: f32[n, n] = 1
                param bias: f32[n] = 1
                fn (x: f32[n]) -> f32[n] = x @ weight + bias
            }
            model Net(n = 2) {
                embed: Layer(n)
                blocks: 2 * Layer(n)
                fn loss(x: f32[2]) -> (f32[], f32[]) where n == 2 {
                    x = embed(x)
                    for block in blocks { x = block(x) }
                    (sum(x), f32(1))
                }
            }
            """;

    /** Steps of 1 against a gradient of 1: what is left of a parameter tells its group's rate. */
    private static Map<String, Double> afterOneStep(String update) {
        String text = MODEL + """
                optimizer Groups(model) {
                    fn update(grads: like params(model), lr: f32[]) {
                        for (w, g) in zip(params(model), grads) { %s }
                    }
                }
                program learn(model, optimizer) {
                    entry step(lr: f32[]) { optimizer.update(params(model), lr) }
                }
                """.formatted(update);
        Program program = lower(text, EntryRequest.of("step", Map.of()));
        Map<String, Tensor> stored = Shipped.initial(program, 1);
        Shipped.run(program, "step", stored, Map.of("lr", Shipped.f32(0.5)));
        Map<String, Double> first = new TreeMap<>();
        stored.forEach((name, tensor) -> first.put(name, tensor.get(0)));
        return first;
    }

    private static Program lower(String text, EntryRequest... entries) {
        Module module = Shipped.parse("test.weft", text);
        return Lowering.lower(new LowerRequest(
                Choice.last(module, DefinitionKind.MODEL, Map.of()),
                Choice.last(module, DefinitionKind.OPTIMIZER, Map.of()),
                List.of(Choice.last(module, DefinitionKind.PROGRAM, Map.of())),
                List.of(entries)));
    }

    @Test
    void aGroupIsTheParametersWhosePathMatches() {
        assertThat(afterOneStep("""
                if path(w) in [**.bias, embed.**] { w := w - lr * g } else { w := w - 0.1 * lr * g }
                """))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "embed.weight", 0.5,
                        "embed.bias", 0.5,
                        "blocks.0.weight", 0.949999988079071,
                        "blocks.0.bias", 0.5,
                        "blocks.1.weight", 0.949999988079071,
                        "blocks.1.bias", 0.5));
    }

    @Test
    void patternsAreConstantsLikeAnyOther() {
        assertThat(afterOneStep("""
                last = path(w) in [blocks.1.*]
                rate = if last and not path(w) in [**.bias] { 2.0 } else { 0.0 }
                if path(g) in [blocks.1.weight] { w := w - rate * lr * g }
                """))
                .containsEntry("blocks.1.weight", 0.0)
                .containsEntry("blocks.0.weight", 1.0)
                .containsEntry("blocks.1.bias", 1.0);
    }

    @Test
    void onlyAPathMatches() {
        assertThatThrownBy(() -> afterOneStep("if rank(w) in [embed.*] { w := 0 }"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("must be a path, such as path(w), got the int 2");
    }

    /** Low-rank adaptation: Hu et al., 2021. The base stays, the two narrow matrices learn. */
    @Test
    void whatIsFrozenIsReadAndStoredAndNeverChanges() {
        String text = """
                import nn
                import adamw
                model Adapted(width, rank) {
                    base: frozen nn.Linear(width, width, std = 0.5)
                    param down: f32[width, rank] = normal(0.5)
                    param up: f32[rank, width] = 0
                    fn (x: f32[B, width]) -> f32[B, width] = base(x) + x @ down @ up
                }
                model Net(width = 4) {
                    first: Adapted(width, 2)
                    last: frozen Adapted(width, 1)
                    fn loss(x, y: f32[B, width]) -> (f32[], f32[]) {
                        error = last(first(x)) - y
                        (sum(error * error), f32(size(x, 0)))
                    }
                }
                """;
        Module module = Shipped.parse("test.weft", text);
        Program program = Lowering.lower(new LowerRequest(
                Choice.last(module, DefinitionKind.MODEL, Map.of()),
                Shipped.optimizer("adamw", Map.of()),
                List.of(Shipped.program("train")),
                List.of(EntryRequest.of("step", Map.of("B", 3L)))));
        assertThat(program.stored("first.base.weight").role()).isEqualTo(Stored.Role.PARAM);
        assertThat(program.stored())
                .extracting(Stored::name)
                .contains("optimizer.m.first.down")
                .noneMatch(name -> name.startsWith("optimizer.") && (name.contains("base") || name.contains("last")));
        assertThat(program.entry("step").writes())
                .containsExactlyInAnyOrder(
                        "first.down",
                        "first.up",
                        "optimizer.t",
                        "optimizer.m.first.down",
                        "optimizer.m.first.up",
                        "optimizer.v.first.down",
                        "optimizer.v.first.up");

        Map<String, Tensor> stored = Shipped.initial(program, 3);
        Map<String, double[]> before = new HashMap<>();
        stored.forEach((name, tensor) -> before.put(name, tensor.toArray().clone()));
        Map<String, Tensor> inputs = Shipped.inputs(program, "step", 3, 4);
        inputs.put("lr", Shipped.f32(0.05));
        inputs.put("clip", Shipped.f32(1));
        double first =
                Shipped.run(program, "step", stored, inputs).get("result.0").get(0);
        for (int i = 0; i < 5; i++) {
            Shipped.run(program, "step", stored, inputs);
        }
        double last =
                Shipped.run(program, "step", stored, inputs).get("result.0").get(0);

        assertThat(last).isLessThan(first - 0.01);
        assertThat(stored.get("first.up").toArray()).isNotEqualTo(before.get("first.up"));
        for (String frozen :
                List.of("first.base.weight", "first.base.bias", "last.base.weight", "last.down", "last.up")) {
            assertThat(stored.get(frozen).toArray()).as(frozen).containsExactly(before.get(frozen), within(0.0));
        }
    }
}
