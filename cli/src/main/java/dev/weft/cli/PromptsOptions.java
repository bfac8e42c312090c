package dev.weft.cli;

import dev.weft.models.sample.Prompt;
import dev.weft.models.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The texts that a model continues. */
final class PromptsOptions {

    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "TEXT",
            description = "The text to continue. That of an empty line if not given. May be given several times.")
    List<String> texts = new ArrayList<>();

    @Option(
            names = "--prompt-file",
            paramLabel = "FILE",
            description = "A file with the text to continue. May be given several times.")
    List<Path> files = new ArrayList<>();

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description =
                    "A file with a prompt in each line; in a .jsonl file it is \"prompt\", as text or as a list of ids.")
    @Nullable
    Path list;

    @Mixin
    final OverflowOption overflow = new OverflowOption();

    /** Whether more than one way of giving prompts was used: their order would not be known. */
    boolean isMixed() {
        return Stream.of(!texts.isEmpty(), !files.isEmpty(), list != null)
                        .filter(given -> given)
                        .count()
                > 1;
    }

    /** At least one. */
    List<Prompt> get(Tokenizer tokenizer) {
        if (list != null) {
            return Prompt.read(list, tokenizer);
        }
        if (!files.isEmpty()) {
            return files.stream()
                    .map(file -> Prompt.of("--prompt-file " + file, PromptOptions.read(file), tokenizer))
                    .toList();
        }
        return texts.isEmpty()
                ? List.of(Prompt.of("", "", tokenizer))
                : texts.stream().map(text -> Prompt.of("", text, tokenizer)).toList();
    }
}
