package dev.weft.cli;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The sizes of a call. */
final class SizeOptions {

    @Option(
            names = "--dim",
            paramLabel = "NAME=SIZE,…",
            split = ",",
            hideParamSyntax = true,
            preprocessor = EachOnce.class,
            description = "A size of the call, such as B=4,T=64.")
    Map<String, Long> sizes = new LinkedHashMap<>();

    /** Refuses a size that is given twice, of which a map would keep the last without a word. */
    static final class EachOnce implements IParameterPreprocessor {

        @Override
        public boolean preprocess(
                Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> parsing) {
            if (words.isEmpty()) {
                return false;
            }
            Map<?, ?> before = option.getValue();
            Set<Object> given = new HashSet<>(before.keySet());
            for (String pair : words.peek().split(",", -1)) {
                String name = pair.split("=", 2)[0];
                if (!given.add(name)) {
                    throw new ParameterException(
                            command.commandLine(),
                            "--dim %s: must be given once, got it twice; leave one out".formatted(name));
                }
            }
            return false;
        }
    }
}
