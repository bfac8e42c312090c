package dev.weft.dsl.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.Lowering;
import dev.weft.dsl.Module;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.graph.Program;
import dev.weft.graph.verify.Verifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Constants and call sizes that satisfy every {@code where} always lower: the programs pass the checks, so no size can fail. */
class RandomBindingsTest {

    private static final int BINDINGS = 500;
    private static final long SEED = 20260101;

    private final Random random = new Random(SEED);
    private final Map<String, Module> modules = new HashMap<>();

    private int upTo(int most) {
        return 1 + random.nextInt(most);
    }

    @Test
    void fiveHundredBindingsLower() {
        for (int i = 0; i < BINDINGS; i++) {
            String name = List.of("gpt", "llama", "mlp").get(i % 3);
            Map<String, String> constants = constants(name);
            Map<String, Long> sizes = sizes(name, constants);
            Program program = lower(name, constants, sizes);
            assertThat(Verifier.problems(program))
                    .as("seed %d, binding %d: %s %s %s", SEED, i, name, constants, sizes)
                    .isEmpty();
        }
    }

    private Map<String, String> constants(String name) {
        Map<String, Integer> constants = new HashMap<>();
        if (name.equals("mlp")) {
            constants.put("features", upTo(9));
            constants.put("hidden", upTo(9));
            constants.put("classes", upTo(9));
        } else {
            boolean llama = name.equals("llama");
            int shared = upTo(3);
            int heads = shared * upTo(3);
            constants.put("layers", random.nextInt(3));
            constants.put("heads", heads);
            constants.put("width", heads * upTo(4) * (llama ? 2 : 1));
            constants.put("context", upTo(9));
            constants.put("vocab", upTo(20));
            if (llama) {
                constants.put("shared", shared);
                constants.put("inner", upTo(9));
            }
        }
        Map<String, String> texts = new HashMap<>();
        constants.forEach((constant, value) -> texts.put(constant, value.toString()));
        return texts;
    }

    private Map<String, Long> sizes(String name, Map<String, String> constants) {
        Map<String, Long> sizes = new HashMap<>(Map.of("B", (long) upTo(4)));
        if (!name.equals("mlp")) {
            sizes.put("T", (long) upTo(Integer.parseInt(constants.getOrDefault("context", "1"))));
        }
        return sizes;
    }

    private Program lower(String name, Map<String, String> constants, Map<String, Long> sizes) {
        List<EntryRequest> entries = new ArrayList<>();
        boolean drop = random.nextBoolean();
        entries.add(EntryRequest.of("step", sizes).inputs(drop ? Set.of("drop") : Set.of()));
        if (!name.equals("mlp")) {
            entries.add(EntryRequest.of("chunk", sizes));
            entries.add(EntryRequest.of("window", sizes));
        }
        return Lowering.lower(new LowerRequest(
                choice(name, DefinitionKind.MODEL, constants),
                choice(random.nextBoolean() ? "adamw" : "sgd", DefinitionKind.OPTIMIZER, Map.of()),
                List.of(
                        choice("train", DefinitionKind.PROGRAM, Map.of()),
                        choice("generate", DefinitionKind.PROGRAM, Map.of())),
                entries));
    }

    private Choice choice(String name, DefinitionKind kind, Map<String, String> constants) {
        return Choice.last(modules.computeIfAbsent(name, Shipped::load), kind, constants);
    }
}
