package dev.weft.cli;

import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.graph.UserException;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A program and those of its entries that a command is about. */
final class EntryOptions {

    @Parameters(paramLabel = "PROGRAM", description = "A .weft file, or the name of a shipped program.")
    String file = "";

    @Option(
            names = "--entry",
            paramLabel = "NAME,…",
            split = ",",
            required = true,
            hideParamSyntax = true,
            description = "An entry, such as step, or a function of the model, such as loss.")
    List<String> entries = new ArrayList<>();

    @Mixin
    final SizeOptions sizes = new SizeOptions();

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE,…",
            split = ",",
            hideParamSyntax = true,
            description =
                    "A constant of the model, such as layers=4, or a parameter of the entry that is to be known, such as cached=true.")
    Map<String, String> constants = new LinkedHashMap<>();

    @Option(
            names = "--optimizer",
            paramLabel = "NAME|FILE",
            description = "The optimizer of training entries. Default: ${DEFAULT-VALUE}.",
            defaultValue = "adamw")
    String optimizer = "adamw";

    /** The program with its constants, and with the optimizer if it can be trained. */
    Program load() {
        return load(Program::load);
    }

    /** As above; a program that {@code weft} knows from before is not parsed for it. */
    Program load(Weft weft) {
        return load(weft::load);
    }

    private Program load(Function<String, Program> reader) {
        Program program = reader.apply(file);
        Map<String, String> ofModel = new LinkedHashMap<>();
        constants.forEach((name, value) -> {
            if (program.takes(name)) {
                ofModel.put(name, value);
            } else if (entries.stream()
                    .noneMatch(entry -> program.parameters(entry).contains(name))) {
                throw unknown(program, name);
            }
        });
        Program bound = program.with(ofModel);
        Program ready = bound.has("loss") ? bound.optimizer(optimizer, Map.of()) : bound;
        requireKnownSizes(ready);
        return ready;
    }

    private void requireKnownSizes(Program program) {
        if (sizes.sizes.isEmpty()) {
            return;
        }
        List<String> known = program.sizes(entries);
        for (String name : sizes.sizes.keySet()) {
            if (program.takes(name)) {
                throw new UserException("--dim %s: is a constant of %s, not a size of the call; --set %s=%d chooses it"
                        .formatted(name, program.name(), name, sizes.sizes.get(name)));
            }
            if (!known.contains(name)) {
                throw new UserException("--dim %s: no such call size in %s of %s; %s%s"
                        .formatted(
                                name,
                                String.join(", ", entries),
                                program.name(),
                                known.isEmpty() ? "there is none" : "there is " + String.join(", ", known),
                                Suggestions.nearest(name, known)
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse("")));
            }
        }
    }

    private UserException unknown(Program program, String name) {
        Set<String> known = program.boundConstants().keySet();
        List<String> candidates = new ArrayList<>(known);
        entries.forEach(entry -> candidates.addAll(program.parameters(entry)));
        return new UserException("--set %s: %s takes no constant of this name; it takes %s%s"
                .formatted(
                        name,
                        program.name(),
                        String.join(", ", known),
                        Suggestions.nearest(name, candidates)
                                .map(near -> "; did you mean " + near + "?")
                                .orElse("")));
    }

    /**
     * The entries as graphs.
     *
     * @param inputs parameters with a default that are to be inputs all the same
     */
    dev.weft.graph.Program lower(Program program, Set<String> inputs) {
        return program.lower(requests(program, inputs));
    }

    /** The entries as they are asked for. */
    List<EntryRequest> requests(Program program, Set<String> inputs) {
        return entries.stream()
                .map(entry -> EntryRequest.of(entry, sizes.sizes)
                        .constants(known(program, entry))
                        .inputs(inputs))
                .toList();
    }

    private Map<String, String> known(Program program, String entry) {
        List<String> parameters = program.parameters(entry);
        return constants.keySet().stream()
                .filter(name -> !program.takes(name) && parameters.contains(name))
                .collect(Collectors.toMap(Function.identity(), constants::get));
    }
}
