package dev.weft.cli;

import dev.weft.models.Overflow;
import picocli.CommandLine.Option;

/** What becomes of a prompt that is longer than the context. */
final class OverflowOption {

    @Option(
            names = "--overflow",
            paramLabel = "refuse|slide",
            description =
                    "Of a prompt longer than the context: slide drops older halves of it. It is refused if not given.")
    Overflow chosen = Overflow.REFUSE;
}
