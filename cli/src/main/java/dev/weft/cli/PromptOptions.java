package dev.weft.cli;

import dev.weft.models.io.IoErrors;
import dev.weft.models.sample.Prompt;
import dev.weft.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The text that a model continues. */
final class PromptOptions {

    /** One or the other. */
    static final class Text {
        @Option(
                names = {"-p", "--prompt"},
                paramLabel = "TEXT",
                description = "The text to continue. That of an empty line if not given.")
        @Nullable
        String text;

        @Option(names = "--prompt-file", paramLabel = "FILE", description = "A file with the text to continue.")
        @Nullable
        Path file;
    }

    @ArgGroup(exclusive = true)
    @Nullable
    Text prompt;

    /** The text; empty if none was given. */
    String text() {
        if (prompt == null) {
            return "";
        }
        if (prompt.text != null) {
            return prompt.text;
        }
        return prompt.file == null ? "" : read(prompt.file);
    }

    boolean isGiven() {
        return prompt != null;
    }

    /** The tokens of the text; where there are none, the one that texts begin with. */
    int[] tokens(Tokenizer tokenizer) {
        return Prompt.of("", text(), tokenizer).ids();
    }

    /** A prompt that is a file. */
    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw IoErrors.of("read", "--prompt-file " + file, file, e);
        }
    }
}
