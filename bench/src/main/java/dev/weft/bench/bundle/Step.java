package dev.weft.bench.bundle;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * A process of the bundle.
 *
 * @param name of its line and of its log
 * @param command that is started
 * @param limit after which it is ended
 * @param summary makes a sentence of what was printed on standard output
 */
record Step(String name, List<String> command, Duration limit, Function<String, String> summary) {

    Step {
        command = List.copyOf(command);
    }

    /** The last line that says something. */
    static String last(String printed) {
        return printed.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .reduce((_, later) -> later)
                .orElse("nothing was said");
    }
}
