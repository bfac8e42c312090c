package dev.weft.models;

import dev.weft.dsl.Binding;
import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.LowerRequest;
import dev.weft.dsl.LowerRequest.Choice;
import dev.weft.dsl.Lowering;
import dev.weft.dsl.Module;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.ConstantParameter;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.graph.UserException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A checked model file with chosen constants and, for training, an optimizer. Immutable; any number of threads may use one. It has no
 * numbers of its own: {@link Weft#compile} makes a {@link Model} of what {@link #lower} gives.
 */
public final class Program {

    /** Shipped programs that are generic in the model, with entries for every command. */
    private static final List<String> GENERIC = List.of("evaluate", "generate");

    /** The one that is generic in the optimizer as well. */
    private static final String TRAINING = "train";

    private final Module module;
    private final Map<String, String> constants;
    private final @Nullable Choice optimizer;
    private final @Nullable Path folder;

    private Program(Module module, Map<String, String> constants, @Nullable Choice optimizer, @Nullable Path folder) {
        this.module = module;
        this.constants = Map.copyOf(constants);
        this.optimizer = optimizer;
        this.folder = folder;
    }

    /**
     * The program that a person names: a file, or the name of a shipped one.
     *
     * @throws ProgramException if it does not pass the checks; with all its diagnostics
     * @throws dev.weft.graph.UserException if there is no such program
     */
    public static Program load(String nameOrFile) {
        Source source = ShippedPrograms.find(nameOrFile);
        Path folder = folder(source);
        return new Program(check(source, folder), Map.of(), null, folder);
    }

    /**
     * A program that is not in a file. It may import shipped ones.
     *
     * @param name what it is called, without a suffix
     * @param text of a model file
     * @throws ProgramException if it does not pass the checks; with all its diagnostics
     */
    public static Program of(String name, String text) {
        return new Program(check(new Source(name + ".weft", text), null), Map.of(), null, null);
    }

    /** Where a source's imports are looked for first; null for a shipped one. */
    private static @Nullable Path folder(Source source) {
        return ShippedPrograms.isShipped(source)
                ? null
                : Path.of(source.name()).toAbsolutePath().getParent();
    }

    private static Module check(Source source, @Nullable Path folder) {
        // The shipped programs are checked by the tests.
        Sources.Result result = ShippedPrograms.isShipped(source)
                ? Sources.load(source, ShippedPrograms.resolver(folder))
                : Sources.check(source, ShippedPrograms.resolver(folder));
        Module module = result.module();
        if (module == null) {
            throw new ProgramException(source.name(), result.diagnostics());
        }
        return module;
    }

    /** The name of the file without its suffix: {@code gpt}. */
    public String name() {
        return module.name();
    }

    /** The checked syntax tree, with what it imports. */
    public Module module() {
        return module;
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
        return new Program(module, all, optimizer, folder);
    }

    /**
     * This program with an optimizer.
     *
     * @param nameOrFile a shipped one ({@code adamw}) or a file
     * @param chosen constants of the optimizer, as text
     */
    public Program optimizer(String nameOrFile, Map<String, String> chosen) {
        Source source = inFolder(nameOrFile);
        Module file = check(source, folder(source));
        return new Program(module, constants, Choice.last(file, DefinitionKind.OPTIMIZER, chosen), folder);
    }

    /** A file in the program's own folder comes first, so that a run keeps the sources it was started with. */
    private Source inFolder(String nameOrFile) {
        return folder == null
                ? ShippedPrograms.find(nameOrFile)
                : ShippedPrograms.resolver(folder)
                        .resolve(nameOrFile)
                        .orElseGet(() -> ShippedPrograms.find(nameOrFile));
    }

    /**
     * The graph program of these entries, with all sizes known.
     *
     * @throws ProgramException if the model or the optimizer has not what the entries ask of it
     * @throws dev.weft.graph.UserException if constants or sizes break a {@code where}, or there is no such entry
     */
    public dev.weft.graph.Program lower(List<EntryRequest> entries) {
        LowerRequest request = new LowerRequest(model(), optimizer, generic(), entries);
        boolean shipped = ShippedPrograms.isShipped(module.file().source())
                && (optimizer == null
                        || ShippedPrograms.isShipped(optimizer.module().file().source()));
        List<Diagnostic> findings = shipped ? List.of() : Binding.check(request);
        if (!findings.isEmpty()) {
            throw new ProgramException(name(), findings);
        }
        return Lowering.lower(request);
    }

    /** Names of the entries that can be asked for: those that the model fits, and the named functions of the model itself. */
    public List<String> entries() {
        List<String> entries = new ArrayList<>();
        if (module.file().last(DefinitionKind.MODEL).isEmpty()) {
            return entries;
        }
        Set<String> known = new HashSet<>();
        for (Choice program : generic()) {
            for (Declaration.Function entry : program.definition().entries()) {
                EntryRequest asked = EntryRequest.of(entry.label(), Map.of());
                LowerRequest request = new LowerRequest(model(), optimizer, List.of(program), List.of(asked));
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
        return Choice.last(module, DefinitionKind.MODEL, constants);
    }

    /** The file's own programs first, then the shipped ones. */
    private List<Choice> generic() {
        List<Choice> choices = new ArrayList<>();
        if (module.file().last(DefinitionKind.PROGRAM).isPresent()) {
            choices.add(Choice.last(module, DefinitionKind.PROGRAM, Map.of()));
        }
        if (optimizer != null) {
            choices.add(generic(TRAINING));
        }
        GENERIC.forEach(name -> choices.add(generic(name)));
        return choices;
    }

    private Choice generic(String name) {
        Source source = inFolder(name);
        return Choice.last(check(source, folder(source)), DefinitionKind.PROGRAM, Map.of());
    }

    /** Names of the optimizer's constants, without the model it is generic in; none without an optimizer. */
    public List<String> optimizerConstants() {
        return optimizer == null
                ? List.of()
                : optimizer.definition().parameters().stream()
                        .filter(parameter -> parameter.kind() != ConstantKind.MODEL)
                        .map(ConstantParameter::name)
                        .toList();
    }

    /** The constants of the model as they are bound, chosen or by default: a Long, a Double or a Boolean each. */
    public SequencedMap<String, Object> boundConstants() {
        return Lowering.constants(model());
    }

    /** The optimizer with its constants, as text; empty without one. */
    String optimizerText() {
        return optimizer == null ? "" : optimizer.module().name() + " " + new TreeMap<>(optimizer.constants());
    }

    /** Whether the file has a model; shipped optimizers, generic programs and libraries have none. */
    public boolean hasModel() {
        return module.file().last(DefinitionKind.MODEL).isPresent();
    }

    /** The constants that the model takes, in order. */
    public List<ConstantParameter> modelConstants() {
        return model().definition().parameters();
    }

    /** Whether the model takes a constant of this name. */
    public boolean takes(String constant) {
        return model().definition().parameters().stream()
                .anyMatch(parameter -> parameter.name().equals(constant));
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
     * Names of the call sizes that entries take, {@code B} and {@code T}, in the order in which they are written.
     *
     * @throws dev.weft.graph.UserException if there is no such entry
     */
    public List<String> sizes(List<String> entries) {
        List<EntryRequest> requests =
                entries.stream().map(entry -> EntryRequest.of(entry, Map.of())).toList();
        return Lowering.sizes(new LowerRequest(model(), optimizer, generic(), requests));
    }

    /** A function of the model, if it has one of that name. */
    public Optional<Declaration.Function> function(String function) {
        return model().definition().method(function);
    }

    /** Names of a function's parameters, in order; none if there is no such function. */
    public List<String> parameters(String function) {
        return function(function)
                .map(found -> found.parameters().stream().map(Parameter::name).toList())
                .orElse(List.of());
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
        return ShippedPrograms.names(folder, name());
    }

    /** Every source that lowering reads, by file name: what a run keeps to be repeated. */
    public SequencedMap<String, String> sources() {
        Deque<Module> open = new ArrayDeque<>();
        open.add(module);
        if (optimizer != null) {
            open.add(optimizer.module());
        }
        generic().forEach(choice -> open.add(choice.module()));
        SequencedMap<String, String> sources = new LinkedHashMap<>();
        while (!open.isEmpty()) {
            Module next = open.remove();
            if (sources.putIfAbsent(next.name() + ".weft", next.file().source().text()) == null) {
                open.addAll(next.imports().values());
            }
        }
        return sources;
    }
}
