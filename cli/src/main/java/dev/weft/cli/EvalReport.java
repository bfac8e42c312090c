package dev.weft.cli;

import dev.weft.cli.plot.Chart;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Something that {@code weft eval} looked at, in words, as data and as a picture. */
interface EvalReport {

    /** The key of {@link #rows} in the result. */
    String key();

    /** An object for each line of the table. */
    List<Map<String, Object>> rows();

    void print(PrintStream to);

    /** The table as lines of comma-separated values, the keys first; what is not known is left empty. */
    default void csv(PrintStream to) {
        to.println(String.join(",", rows().getFirst().keySet()));
        for (Map<String, Object> row : rows()) {
            to.println(row.values().stream().map(EvalReport::cell).collect(Collectors.joining(",")));
        }
    }

    private static String cell(Object value) {
        return value instanceof Double number && !Double.isFinite(number) ? "" : value.toString();
    }

    Chart chart();

    /** In words: a number and half of its interval. */
    static String interval(double mean, double half) {
        return Double.isNaN(half) ? "%.4f".formatted(mean) : "%.4f ± %.4f".formatted(mean, half);
    }
}
