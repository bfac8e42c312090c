package dev.weft.dsl.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Binding;
import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.Lowering;
import dev.weft.dsl.Module;
import dev.weft.dsl.SourceResolver;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.check.Checker;
import dev.weft.graph.UserException;
import dev.weft.graph.verify.Verifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Shipped programs with one token deleted, doubled or replaced, lowered without having been checked: each makes a valid program or is
 * refused with a sentence, and what passes the checks is never refused. {@code -Dweft.mutants=100000} tries more.
 */
class LoweredMutantsTest {

    private static final int MUTANTS = Integer.getInteger("weft.mutants", 200);
    private static final long SEED = Long.getLong("weft.seed", 7);
    private static final List<String> FILES =
            List.of("gpt", "llama", "mlp", "nn", "train", "generate", "schedules", "adamw", "sgd");
    private static final Pattern TOKEN = Pattern.compile(
            "[A-Za-z_]\\w*|\\d[\\d.]*(?:[eE][+-]?\\d+)?|->|\\.\\.\\+|\\.\\.\\.|:=|\\*\\*|[<>=!]=|//.*|\\S");
    private static final Map<String, Long> SIZES = Map.of("B", 2L, "T", 3L);

    private final Random random = new Random(SEED);
    private final Map<String, String> texts = new HashMap<>();

    @Test
    void areRefusedOrLoweredAndNeverRefusedAfterTheChecks() {
        FILES.forEach(file -> texts.put(file, Shipped.source(file)));
        for (int i = 0; i < MUTANTS; i++) {
            String file = FILES.get(random.nextInt(FILES.size()));
            String mutant = mutate(texts.get(file));
            Optional<LowerRequest> request = request(file, mutant);
            if (request.isEmpty()) {
                continue;
            }
            String about = "seed %d, mutant %d of %s:%n%s".formatted(SEED, i, file, mutant);
            try {
                assertThat(Verifier.problems(Lowering.lower(request.get())))
                        .as(about)
                        .isEmpty();
            } catch (UserException refused) {
                assertThat(refused.getMessage()).as(about).doesNotContain("null");
                boolean misfits = refused instanceof Refusal && !isTestedWhenBound(refused) && passes(request.get());
                assertThat(misfits).as("%s: %s", refused.getMessage(), about).isFalse();
            } catch (RuntimeException | StackOverflowError crash) {
                throw new AssertionError(about, crash);
            }
        }
    }

    /** A start that is data is the caller's duty; where it is known by chance, lowering tests it. */
    private static boolean isTestedWhenBound(UserException refused) {
        return String.valueOf(refused.getMessage()).contains(": start: must be in");
    }

    /** Whether all files and what they make together pass the checks. */
    private static boolean passes(LowerRequest request) {
        List<Choice> all = new ArrayList<>(request.programs());
        all.add(Objects.requireNonNull(request.model()));
        all.add(Objects.requireNonNull(request.optimizer()));
        return all.stream().allMatch(choice -> Checker.check(choice.module()).isEmpty())
                && Binding.check(request).isEmpty();
    }

    private String mutate(String text) {
        List<int[]> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            if (!matcher.group().startsWith("//")) {
                tokens.add(new int[] {matcher.start(), matcher.end()});
            }
        }
        int[] at = tokens.get(random.nextInt(tokens.size()));
        int[] other = tokens.get(random.nextInt(tokens.size()));
        String token = text.substring(at[0], at[1]);
        String replacement =
                switch (random.nextInt(4)) {
                    case 0 -> "";
                    case 1 -> token + " " + token;
                    default -> text.substring(other[0], other[1]);
                };
        return text.substring(0, at[0]) + replacement + text.substring(at[1]);
    }

    private Optional<LowerRequest> request(String file, String mutant) {
        SourceResolver resolver = name -> texts.containsKey(name)
                ? Optional.of(new Source(name + ".weft", name.equals(file) ? mutant : texts.get(name)))
                : Optional.empty();
        Map<String, Module> modules = new HashMap<>();
        String model = file.equals("llama") || file.equals("mlp") ? file : "gpt";
        String optimizer = file.equals("sgd") ? "sgd" : "adamw";
        for (String name : List.of(model, optimizer, "train", "generate")) {
            Module module =
                    Sources.load(resolver.resolve(name).orElseThrow(), resolver).module();
            if (module == null) {
                return Optional.empty();
            }
            modules.put(name, module);
        }
        List<EntryRequest> entries = new ArrayList<>();
        entries.add(EntryRequest.of("step", SIZES).inputs(Set.of("drop")));
        entries.add(EntryRequest.of("rate", SIZES));
        if (!model.equals("mlp")) {
            entries.add(EntryRequest.of("chunk", SIZES));
        }
        Map<String, String> constants = model.equals("mlp")
                ? Map.of("features", "4", "hidden", "6", "classes", "3")
                : Map.of("layers", "1", "heads", "2", "width", "8", "context", "5", "vocab", "7");
        return Optional.of(new LowerRequest(
                Choice.last(modules.get(model), DefinitionKind.MODEL, constants),
                Choice.last(modules.get(optimizer), DefinitionKind.OPTIMIZER, Map.of()),
                List.of(
                        Choice.last(modules.get("train"), DefinitionKind.PROGRAM, Map.of()),
                        Choice.last(modules.get("generate"), DefinitionKind.PROGRAM, Map.of())),
                entries));
    }
}
