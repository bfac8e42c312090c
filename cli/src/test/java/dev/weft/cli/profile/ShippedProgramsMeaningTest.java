package dev.weft.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.testkit.MeaningCheck;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Program;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.pass.canonical.Canonical;
import dev.weft.graph.pass.inline.Inline;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.Weft;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No pass, and no rule of the canonical form, changes what a shipped program computes. */
class ShippedProgramsMeaningTest {

    private static final Map<String, String> LANGUAGE =
            Map.of("layers", "1", "heads", "2", "width", "8", "context", "4", "vocab", "11");

    /** Sums may be taken in another order. */
    private static final double ROUNDING = 1e-9;

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "gpt, step, adamw",
        "gpt, logits, adamw",
        "llama, step, adamw",
        "llama, loss, sgd",
        "mlp, step, sgd",
        "mlp, accumulate, adamw",
        "mlp, apply, adamw",
        "mlp, rate, adamw"
    })
    void noPassChangesAResult(String name, String entry, String optimizer) {
        Program lowered = lowered(name, entry, optimizer);
        Program flat = Weft.PASSES.run(lowered);
        MeaningCheck check = check(flat, entry);

        assertThat(check.firstPass(Weft.PASSES, lowered)).isEmpty();
        assertThat(check.firstRule(
                        Canonical.RULES,
                        new Inline().apply(Weft.PASSES.passes().getFirst().apply(lowered))))
                .isEmpty();
    }

    private static Program lowered(String name, String entry, String optimizer) {
        var program = dev.weft.models.Program.load(name);
        var sized = name.equals("mlp") ? program : program.with(LANGUAGE);
        Map<String, Long> sizes = new HashMap<>(Map.of("B", 2L, "T", 3L));
        var ready = sized.optimizer(optimizer, Map.of());
        sizes.keySet().retainAll(ready.sizes(List.of(entry)));
        return ready.lower(List.of(EntryRequest.of(entry, sizes)));
    }

    /** On initialized parameters and random inputs. */
    private static MeaningCheck check(Program flat, String entry) {
        Map<String, Tensor> stored = new HashMap<>();
        flat.stored().forEach(each -> stored.put(each.name(), Tensor.zeros(each.type())));
        TensorType scalar = TensorType.scalar(ElementType.I32);
        new Interpreter(flat, Interpreter.Mode.EXACT).run("init", stored, Map.of("seed", Tensor.of(scalar, 1)));
        return new MeaningCheck(entry, stored, RandomInputs.of(flat, flat.entry(entry), Set.of(), 1), ROUNDING);
    }
}
