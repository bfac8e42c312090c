package dev.weft.dsl.lower;

import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.ConstantParameter;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.graph.DefectException;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.RangeException;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Grad;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lowers one request: instances first, then each entry, then initialization of what they store. */
public final class Lowerer {

    private static final String OPTIMIZER = "optimizer";
    private static final String PROGRAM = "program";

    private final Session session = new Session();
    private final Parts parts = new Parts(session);
    private final List<Instance> programs = new ArrayList<>();
    private final @Nullable Instance model;

    private Lowerer(LowerRequest request) {
        Choice chosen = request.model();
        model = chosen == null ? null : root(chosen, "", Map.of());
        Map<String, Val> above = new LinkedHashMap<>();
        if (model != null) {
            above.put("model", new Val.Part(model));
        }
        Choice optimizer = request.optimizer();
        if (optimizer != null) {
            above.put(OPTIMIZER, new Val.Part(root(optimizer, OPTIMIZER, above)));
        }
        for (Choice program : request.programs()) {
            programs.add(root(program, PROGRAM, above));
        }
    }

    /** The program of a request; refuses with a sentence what cannot be lowered. */
    public static Program lower(LowerRequest request) {
        Lowerer lowerer = of(request);
        boolean chosen = request.entries().stream()
                .anyMatch(
                        entry -> !entry.sizes().isEmpty() || !entry.constants().isEmpty());
        return told(chosen || choosesConstants(request), () -> lowerer.program(request.entries()));
    }

    private static Lowerer of(LowerRequest request) {
        return told(choosesConstants(request), () -> new Lowerer(request));
    }

    private static boolean choosesConstants(LowerRequest request) {
        return Stream.of(request.model(), request.optimizer())
                .anyMatch(choice -> choice != null && !choice.constants().isEmpty());
    }

    /** Tells values that do not fit as those of who chose them, if somebody did: the text of the program is not wrong then. */
    private static <T> T told(boolean chosen, Supplier<T> work) {
        try {
            return work.get();
        } catch (Refusal refused) {
            throw chosen && refused.isOfValues() ? new RangeException(refused.getMessage()) : refused;
        }
    }

    /** Names of the call sizes that the entries of a request take. */
    public static List<String> sizes(LowerRequest request) {
        Lowerer lowerer = of(request);
        SequencedSet<String> names = new LinkedHashSet<>();
        for (EntryRequest entry : request.entries()) {
            names.addAll(new Entries(lowerer.session, lowerer.method(entry.name()), entry).sizes());
        }
        for (Leaf leaf : lowerer.session.leaves().values()) {
            if (leaf.kind() == StorageKind.CACHE) {
                CallSizes.of(leaf.written(), Scope.of(leaf.owner().unit(), leaf.owner()), names);
            }
        }
        return List.copyOf(names);
    }

    /** The constants of a model as they are bound, in the order of its parameters: a Long, a Double or a Boolean each. */
    public static SequencedMap<String, Object> constants(Choice model) {
        Lowerer lowerer = of(new LowerRequest(model, null, List.of(), List.of()));
        Instance instance = Objects.requireNonNull(lowerer.model);
        SequencedMap<String, Object> constants = new LinkedHashMap<>();
        for (ConstantParameter parameter : model.definition().parameters()) {
            switch (instance.find(parameter.name()).orElseThrow()) {
                case Val.Int number -> constants.put(parameter.name(), number.value());
                case Val.Real number -> constants.put(parameter.name(), number.value());
                case Val.Bool truth -> constants.put(parameter.name(), truth.value());
                case Val other ->
                    throw new DefectException(parameter.name() + ": is no constant but " + other.describe());
            }
        }
        return constants;
    }

    private Instance root(Choice choice, String path, Map<String, Val> above) {
        Declaration.Definition definition = choice.definition();
        Map<String, Val> given = new LinkedHashMap<>();
        List<String> takes = new ArrayList<>();
        for (ConstantParameter parameter : definition.parameters()) {
            switch (parameter.kind()) {
                case MODEL -> instance(parameter, "model", above, given);
                case OPTIMIZER -> instance(parameter, OPTIMIZER, above, given);
                case INT, FLOAT, BOOL -> takes.add(parameter.name());
            }
        }
        choice.constants().forEach((name, text) -> {
            if (!takes.contains(name)) {
                throw new UserException("%s %s: has no constant %s, it takes %s%s"
                        .formatted(
                                definition.kind(),
                                definition.name(),
                                name,
                                takes.isEmpty() ? "none" : String.join(", ", takes),
                                Suggestions.nearest(name, takes)
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse("")));
            }
            given.put(name, Settings.parse(name, text));
        });
        Instance instance = parts.build(
                session.unit(choice.module()),
                definition,
                given,
                path,
                false,
                definition.name().span());
        given.forEach((name, value) -> {
            if (value instanceof Val.Int(long number) && number < 0 && isInt(definition, name)) {
                throw new RangeException("%s %s: constant %s must not be negative, got %d"
                        .formatted(definition.kind(), definition.name(), name, number));
            }
        });
        return instance;
    }

    private static boolean isInt(Declaration.Definition definition, String name) {
        return definition.parameters().stream()
                .anyMatch(parameter ->
                        parameter.kind() == ConstantKind.INT && parameter.name().equals(name));
    }

    private static void instance(
            ConstantParameter parameter, String kind, Map<String, Val> above, Map<String, Val> given) {
        Val instance = above.get(kind);
        if (instance == null) {
            throw Refusal.at(parameter.span(), "%s: needs one of kind %s, but none was chosen", parameter.name(), kind);
        }
        given.put(parameter.name(), instance);
    }

    private Program program(List<EntryRequest> requests) {
        List<Entry> entries = new ArrayList<>();
        for (EntryRequest request : requests) {
            entries.add(new Entries(session, method(request.name()), request).lower());
        }
        Set<String> used = new HashSet<>();
        entries.forEach(entry -> {
            used.addAll(entry.reads());
            used.addAll(entry.writes());
        });
        List<Leaf> stored = session.leaves().values().stream()
                .filter(leaf -> isFixed(leaf) || used.contains(leaf.name()))
                .toList();
        Entry init = new Initialization(session)
                .lower(stored.stream()
                        .filter(leaf -> leaf.kind() != StorageKind.CACHE)
                        .toList());
        List<Entry> all = Stream.concat(Stream.of(init), entries.stream()).toList();
        return new Program(stored.stream().map(this::stored).toList(), reachable(all), all);
    }

    private static boolean isFixed(Leaf leaf) {
        return leaf.kind() == StorageKind.PARAM || leaf.kind() == StorageKind.BUFFER;
    }

    private Stored stored(Leaf leaf) {
        Stored.Role role =
                switch (leaf.kind()) {
                    case PARAM -> Stored.Role.PARAM;
                    case BUFFER -> Stored.Role.BUFFER;
                    case STATE -> Stored.Role.STATE;
                    case CACHE -> Stored.Role.CACHE;
                };
        return new Stored(leaf.name(), session.stored(leaf), role);
    }

    /** {@code step} of the first program that has it, {@code train.step}, or else a function of the model. */
    private Val.Method method(String wanted) {
        List<String> known = new ArrayList<>();
        for (Instance program : programs) {
            String prefix = program.definition().name() + ".";
            for (Declaration.Function entry : program.definition().entries()) {
                known.add(entry.label());
                if (wanted.equals(entry.label()) || wanted.equals(prefix + entry.label())) {
                    return new Val.Method(program.unit(), program, entry);
                }
            }
        }
        if (model != null) {
            String name = wanted.startsWith("model.") ? wanted.substring("model.".length()) : wanted;
            Declaration.Function function = model.definition().method(name).orElse(null);
            if (function != null) {
                return new Val.Method(model.unit(), model, function);
            }
            model.definition().members().stream()
                    .filter(Declaration.Function.class::isInstance)
                    .map(member -> ((Declaration.Function) member).label())
                    .forEach(known::add);
        }
        throw new UserException("entry %s: must be one of %s%s"
                .formatted(
                        wanted,
                        String.join(", ", new LinkedHashSet<>(known)),
                        Suggestions.nearest(wanted, known)
                                .map(near -> "; did you mean " + near + "?")
                                .orElse("")));
    }

    /** The functions that the entries need, callees first. */
    private List<Graph> reachable(List<Entry> entries) {
        Map<String, Graph> functions = new LinkedHashMap<>();
        session.functions().forEach(function -> functions.put(function.name(), function));
        Set<String> needed = new HashSet<>();
        Deque<String> open =
                new ArrayDeque<>(entries.stream().map(Entry::function).toList());
        while (!open.isEmpty()) {
            String name = open.pop();
            Graph function = functions.get(name);
            if (function != null && needed.add(name)) {
                for (Value value : function.values()) {
                    switch (value.op()) {
                        case Call call -> open.push(call.function());
                        case Grad grad -> open.push(grad.function());
                        default -> {}
                    }
                }
            }
        }
        return functions.values().stream()
                .filter(function -> needed.contains(function.name()))
                .toList();
    }
}
