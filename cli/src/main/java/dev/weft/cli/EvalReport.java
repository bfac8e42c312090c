package dev.weft.cli;

import dev.weft.cli.plot.Chart;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Something that {@code weft eval} looked at, in words, as data and as a picture. */
interface EvalReport {

    /** The key of {@link #rows} in the result. */
    String key();

    /** An object for each line of the table. */
    List<Map<String, Object>> rows();

    void print(PrintStream to);

    Chart chart();

    /** In words: a number and half of its interval. */
    static String interval(double mean, double half) {
        return Double.isNaN(half) ? "%.4f".formatted(mean) : "%.4f ± %.4f".formatted(mean, half);
    }
}
