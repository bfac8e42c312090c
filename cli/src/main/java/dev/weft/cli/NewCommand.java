package dev.weft.cli;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.graph.UserException;
import dev.weft.models.ShippedPrograms;
import dev.weft.models.io.WriteErrors;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a model file to begin with. */
@Command(
        name = "new",
        description = {
            "Make a model file of your own from one that Weft ships. A file that is there is never written over.",
            "If the program has a file of names, by which published weights are read, it is copied too."
        },
        footer = {"", "Example: weft new my.weft --from gpt"})
final class NewCommand extends Action {

    private static final String SUFFIX = ".weft";
    private static final String NAMES = ".names";

    @Parameters(paramLabel = "FILE", description = "The file to make, such as my.weft.")
    Path file = Path.of("");

    @Option(
            names = "--from",
            paramLabel = "PROGRAM",
            required = true,
            description = "A shipped program, such as gpt, llama, mlp or nn.")
    String from = "";

    NewCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(SUFFIX)
                || !name.substring(0, name.length() - SUFFIX.length()).matches("[A-Za-z_]\\w*")) {
            throw refused("%s: must be a name of letters, digits and _ that ends with .weft, such as my.weft"
                    .formatted(file));
        }
        Source source = ShippedPrograms.shipped(from).orElseThrow(this::unknown);
        Path names = file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()) + NAMES);
        Optional<String> namesOfOthers = ShippedPrograms.resource(from + NAMES);
        if (Files.exists(file)) {
            throw there(file);
        }
        if (namesOfOthers.isPresent() && Files.exists(names)) {
            throw there(names);
        }
        write(file, source.text());
        namesOfOthers.ifPresent(text -> write(names, text));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", file.toString());
        json.put("from", from);
        json.put("names", namesOfOthers.isPresent() ? names.toString() : null);
        result(
                json,
                out -> out.println("%s: a copy of %s, %d lines%s"
                        .formatted(
                                file,
                                from,
                                source.text().lines().count(),
                                namesOfOthers.isPresent() ? ", with " + names + " beside it" : "")));
        note("next: ./weft check " + file);
        return ExitCode.DONE;
    }

    private UserException unknown() {
        List<String> known = ShippedPrograms.names();
        return new UserException("--from %s: must be a shipped program%s; there are %s"
                .formatted(
                        from,
                        Suggestions.nearest(from, known)
                                .map(near -> ", did you mean " + near + "?")
                                .orElse(""),
                        String.join(", ", known)));
    }

    private static UserException there(Path file) {
        return new UserException(file + ": is there already and stays as it is; choose another name");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw there(file);
        } catch (IOException e) {
            throw WriteErrors.file(file.toString(), file, e);
        }
    }
}
