package dev.weft.bench.torch;

import dev.weft.backend.testkit.Agreement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what was compared and keeps the worst deviations. */
final class Comparisons {

    /**
     * What was compared under one name.
     *
     * @param forward results compared
     * @param backward gradients compared
     * @param worstForward largest relative deviation of results
     * @param worstBackward largest relative deviation of gradients
     */
    record Count(int forward, int backward, double worstForward, double worstBackward) {

        private Count plus(Count other) {
            return new Count(
                    forward + other.forward,
                    backward + other.backward,
                    Math.max(worstForward, other.worstForward),
                    Math.max(worstBackward, other.worstBackward));
        }
    }

    private final Map<String, Count> counts = new TreeMap<>();

    void forward(String name, Agreement agreement) {
        counts.merge(name, new Count(1, 0, agreement.deviation(), 0), Count::plus);
    }

    void backward(String name, Agreement agreement) {
        counts.merge(name, new Count(0, 1, 0, agreement.deviation()), Count::plus);
    }

    Count of(String name) {
        return counts.getOrDefault(name, new Count(0, 0, 0, 0));
    }

    Count total() {
        return counts.values().stream().reduce(new Count(0, 0, 0, 0), Count::plus);
    }

    /** Prints the table and keeps it as {@code target/libtorch-NAME.txt}. */
    void report(String name) throws IOException {
        lines().forEach(System.out::println);
        Files.write(Files.createDirectories(Path.of("target")).resolve("libtorch-" + name + ".txt"), lines());
    }

    /** One line a name, and the sum. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("%-32s %8s %10s %9s %10s"
                .formatted("compared with libtorch", "results", "deviation", "gradients", "deviation"));
        counts.forEach((name, count) -> lines.add(line(name, count)));
        lines.add(line("total", total()));
        return List.copyOf(lines);
    }

    private static String line(String name, Count count) {
        return "%-32s %8d %10.1e %9d %10.1e"
                .formatted(name, count.forward(), count.worstForward(), count.backward(), count.worstBackward());
    }
}
