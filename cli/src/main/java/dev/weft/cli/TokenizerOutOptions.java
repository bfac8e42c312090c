package dev.weft.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a tokenizer is written; the name says the format. */
final class TokenizerOutOptions {

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FOLDER|FILE",
            required = true,
            description =
                    "A folder for tokenizer.json (and vocab.json with merges.txt where these can say it), or a file that ends in .json or .tiktoken.")
    Path path = Path.of("");
}
