package dev.weft.models;

import dev.weft.dsl.Binding;
import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.Lowering;
import dev.weft.dsl.Module;
import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.ConstantParameter;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.ProgramFile.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A checked model file with chosen constants and, for training, an optimizer. Immutable; any number of threads may use one. It has no
 * numbers of its own: {@link Weft#compile} makes a {@link Model} of what {@link #lower} gives.
 */
public final class Program {

    private final ProgramFile file;
    private final Map<String, String> constants;
    private final @Nullable Optimizer optimizer;
    private final ProgramFiles files;

    private Program(Map<String, String> constants, @Nullable Optimizer optimizer, ProgramFiles files) {
        this.file = files.own();
        this.constants = Map.copyOf(constants);
        this.optimizer = optimizer;
        this.files = files;
    }

    private static Program of(ProgramFile file, ProgramCache cache) {
        return new Program(Map.of(), null, ProgramFiles.of(file, cache));
    }

    /**
     * What updates the parameters.
     *
     * @param chosen constants of it, as text
     * @param constants names of all that it takes, without the model that it is generic in
     */
    private record Optimizer(ProgramFile file, Map<String, String> chosen, List<String> constants) {

        private Choice choice() {
            return Choice.last(file.module(), DefinitionKind.OPTIMIZER, chosen);
        }
    }

    /**
     * The program that a person names: a file, or the name of a shipped one.
     *
     * @throws ProgramException if it does not pass the checks; with all its diagnostics
     * @throws dev.weft.graph.UserException if there is no such program
     */
    public static Program load(String nameOrFile) {
        return load(nameOrFile, ProgramCache.none());
    }

    /** As {@link #load(String)}, with what a cache knows about it. */
    static Program load(String nameOrFile, ProgramCache cache) {
        return of(ProgramFile.of(ProgramFiles.place(nameOrFile), cache), cache);
    }

    /** One of {@link ShippedPrograms#names}, whatever files there are. */
    static Program shipped(String name, ProgramCache cache) {
        return of(ProgramFile.of(Place.shipped(name), cache), cache);
    }

    /**
     * A program that is not in a file. It may import shipped ones.
     *
     * @param name what it is called, without a suffix
     * @param text of a model file
     * @throws ProgramException if it does not pass the checks; with all its diagnostics
     */
    public static Program of(String name, String text) {
        ProgramCache none = ProgramCache.none();
        return of(ProgramFile.of(Place.nowhere(name, text), none), none);
    }

    /** The name of the file without its suffix: {@code gpt}. */
    public String name() {
        return file.name();
    }

    /** The checked syntax tree, with what it imports. */
    public Module module() {
        return file.module();
    }

    /** The constants that were chosen, as text. Others have their defaults. */
    public Map<String, String> constants() {
        return constants;
    }

    /**
     * This program with more constants of the model chosen. That the model has them shows when it is lowered.
     *
     * @param more values as text, by name: {@code "layers", "12"}
     */
    public Program with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(constants);
        all.putAll(more);
        return new Program(all, optimizer, files);
    }

    /**
     * As {@link #with}, of constants that a file says: what is wrong with them is the file's, and shows here.
     *
     * @param file for messages
     * @throws UserException if the model does not take them, or they break a {@code where}
     */
    public Program withStored(Map<String, String> stored, Path file) {
        Program bound = with(stored);
        try {
            bound.boundConstants();
            if (bound.isLanguageModel()) {
                bound.context();
            }
        } catch (RangeException e) {
            throw new UserException(file + ": " + e.getMessage(), e);
        }
        return bound;
    }

    /**
     * This program with an optimizer.
     *
     * @param nameOrFile a shipped one ({@code adamw}) or a file
     * @param chosen constants of the optimizer, as text
     */
    public Program optimizer(String nameOrFile, Map<String, String> chosen) {
        ProgramFile named = files.named(nameOrFile);
        List<String> takes = Facts.words(named.ask(
                "optimizer constants",
                module -> Choice.last(module, DefinitionKind.OPTIMIZER, Map.of()).definition().parameters().stream()
                        .filter(parameter -> parameter.kind() != ConstantKind.MODEL)
                        .map(ConstantParameter::name)
                        .collect(Collectors.joining(" "))));
        return new Program(constants, new Optimizer(named, Map.copyOf(chosen), takes), files.with(named));
    }

    /**
     * The graph program of these entries, with all sizes known.
     *
     * @throws ProgramException if the model or the optimizer has not what the entries ask of it
     * @throws dev.weft.graph.UserException if constants or sizes break a {@code where}, or there is no such entry
     */
    public dev.weft.graph.Program lower(List<EntryRequest> entries) {
        LowerRequest request = request(entries);
        boolean shipped =
                file.isShipped() && (optimizer == null || optimizer.file().isShipped());
        List<Diagnostic> findings = shipped ? List.of() : Binding.check(request);
        if (!findings.isEmpty()) {
            throw new ProgramException(name(), findings);
        }
        return Lowering.lower(request);
    }

    private LowerRequest request(List<EntryRequest> entries) {
        return new LowerRequest(model(), optimizer == null ? null : optimizer.choice(), files.generic(), entries);
    }

    /** Names of the entries that can be asked for: those that the model fits, and the named functions of the model itself. */
    public List<String> entries() {
        List<String> entries = new ArrayList<>();
        if (!hasModel()) {
            return entries;
        }
        Set<String> known = new HashSet<>();
        for (Choice program : files.generic()) {
            for (Declaration.Function entry : program.definition().entries()) {
                EntryRequest asked = EntryRequest.of(entry.label(), Map.of());
                LowerRequest request = new LowerRequest(
                        model(), optimizer == null ? null : optimizer.choice(), List.of(program), List.of(asked));
                if (known.add(entry.label()) && Binding.check(request).isEmpty()) {
                    entries.add(entry.label());
                }
            }
        }
        for (Member member : model().definition().members()) {
            // A function without a name is what calling the model calls.
            if (member instanceof Declaration.Function function
                    && function(function.label()).isPresent()
                    && !entries.contains(function.label())) {
                entries.add(function.label());
            }
        }
        return entries;
    }

    private Choice model() {
        return Choice.last(file.module(), DefinitionKind.MODEL, constants);
    }

    /** Names of the optimizer's constants, without the model it is generic in; none without an optimizer. */
    public List<String> optimizerConstants() {
        return optimizer == null ? List.of() : optimizer.constants();
    }

    /** The constants of the model as they are bound, chosen or by default: a Long, a Double or a Boolean each. */
    public SequencedMap<String, Object> boundConstants() {
        return Facts.constants(file.ask(
                "bound constants " + new TreeMap<>(constants),
                module -> Facts.ofConstants(Lowering.constants(model()))));
    }

    /** The optimizer with its constants, as text; empty without one. */
    String optimizerText() {
        return optimizer == null ? "" : optimizer.file().name() + " " + new TreeMap<>(optimizer.chosen());
    }

    /** Whether the file has a model; shipped optimizers, generic programs and libraries have none. */
    public boolean hasModel() {
        return file.module().file().last(DefinitionKind.MODEL).isPresent();
    }

    /** The constants that the model takes, in order. */
    public List<ConstantParameter> modelConstants() {
        return model().definition().parameters();
    }

    /** Whether the model takes a constant of this name. */
    public boolean takes(String constant) {
        return Facts.words(file.ask("constants", module -> modelConstants().stream()
                        .map(ConstantParameter::name)
                        .collect(Collectors.joining(" "))))
                .contains(constant);
    }

    /**
     * An int constant of the model.
     *
     * @throws UserException if it has none of that name
     */
    public long integer(String constant) {
        if (boundConstants().get(constant) instanceof Long value) {
            return value;
        }
        throw new UserException(name() + ": must have an int constant " + constant + " for this command; it has "
                + boundConstants().keySet());
    }

    /**
     * The constant {@code context} of a language model, in tokens.
     *
     * @throws UserException if it has none, or none from 1 on that counts the elements of an array
     */
    public int context() {
        long context = integer("context");
        if (context < 1 || context > Integer.MAX_VALUE) {
            String problem = "%s: context must be from 1 to %d tokens, got %d; choose another, as --set context=…"
                    .formatted(name(), Integer.MAX_VALUE, context);
            throw constants.containsKey("context") ? new RangeException(problem) : new UserException(problem);
        }
        return Math.toIntExact(context);
    }

    /**
     * Names of the call sizes that entries take, {@code B} and {@code T}, in the order in which they are written.
     *
     * @throws dev.weft.graph.UserException if there is no such entry
     */
    public List<String> sizes(List<String> entries) {
        List<EntryRequest> requests =
                entries.stream().map(entry -> EntryRequest.of(entry, Map.of())).toList();
        String question = "sizes of %s in %s".formatted(entries, identity());
        return Facts.words(file.ask(question, module -> String.join(" ", Lowering.sizes(request(requests)))));
    }

    /** All that a program depends on besides its own file, which is short unless somebody wrote programs of his own. */
    private String identity() {
        return "%s with %s by %s".formatted(marks(), new TreeMap<>(constants), optimizerText());
    }

    /**
     * What a trained model has: the tensors that are not written by the program's own functions, by path.
     *
     * @throws dev.weft.graph.UserException if constants break a {@code where}
     */
    public SequencedMap<String, TensorType> weights() {
        return Facts.weights(file.ask("weights in " + identity(), module -> Facts.ofWeights(lower(List.of()))));
    }

    /** A function of the model, if it has one of that name. */
    public Optional<Declaration.Function> function(String function) {
        return model().definition().method(function);
    }

    /** Whether the model has a function of this name. */
    public boolean has(String function) {
        return functions().containsKey(function);
    }

    /**
     * Holds the program to having something to say about what comes next.
     *
     * @throws dev.weft.graph.UserException if its last model has no {@code logits}
     */
    public void requireLogits() {
        if (!has("logits")) {
            throw new UserException(
                    name()
                            + ": must have a function logits(tokens: i32[B, T], …) in its last model to say what comes next; it has none");
        }
    }

    /** Names of a function's parameters, in order; none if there is no such function. */
    public List<String> parameters(String function) {
        return functions().getOrDefault(function, List.of());
    }

    /** Names of the model's functions, each with those of its parameters. */
    private Map<String, List<String>> functions() {
        return Facts.functions(file.ask("functions", module -> Facts.ofFunctions(model().definition())));
    }

    /** Whether the model's loss is that of a language model: of tokens, targets and weight. */
    public boolean isLanguageModel() {
        return parameters("loss").containsAll(List.of("tokens", "targets", "weight"));
    }

    /** Whether the model's logits can keep what they have read. */
    public boolean hasCache() {
        return parameters("logits").containsAll(List.of("tokens", "at", "cached"));
    }

    /** The file beside the program that says how others name its tensors and constants, {@code gpt.names}, if there is one. */
    public Optional<String> names() {
        return ShippedPrograms.names(file.folder(), name());
    }

    /** Every source that lowering reads, by file name: what a run keeps to be repeated. */
    public SequencedMap<String, String> sources() {
        return files.sources();
    }

    /** What stands for every source that lowering reads, by file name. Two that are called the same are both there. */
    SequencedMap<String, String> marks() {
        return files.marks();
    }

    /** Whether it has been parsed: what was kept of an earlier time did not suffice. */
    boolean isParsed() {
        return files.all().stream().anyMatch(ProgramFile::isParsed);
    }

    /** Keeps what was found out about it, so that it need not be parsed for that again. */
    void keep() {
        files.all().forEach(ProgramFile::keep);
    }
}
