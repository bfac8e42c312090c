package dev.weft.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The sizes of a call. */
final class SizeOptions {

    @Option(
            names = "--dim",
            paramLabel = "NAME=SIZE,…",
            split = ",",
            hideParamSyntax = true,
            description = "A size of the call, such as B=4,T=64.")
    Map<String, Long> sizes = new LinkedHashMap<>();
}
