package dev.weft.cli;

import dev.weft.models.probe.Measurement;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** Values to watch while a program runs. */
final class ProbeOptions {

    @Option(
            names = "--probe",
            paramLabel = "PATH,…",
            split = ",",
            hideParamSyntax = true,
            description =
                    "Show statistics of the values at these paths, such as 'blocks.*.attn', and of stored tensors, such as '**.weight': * is one name, ** any. May be given several times.")
    List<String> patterns = new ArrayList<>();

    boolean any() {
        return !patterns.isEmpty();
    }

    /** A row of JSON for each; what is no number is null. */
    static List<Map<String, Object>> json(List<Measurement> measurements) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Measurement measured : measurements) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("path", measured.path());
            row.put("source", measured.source());
            row.put("part", part(measured));
            row.put("type", measured.type().toString());
            row.put("mean", measured.mean());
            row.put("std", measured.deviation());
            row.put("min", measured.min());
            row.put("max", measured.max());
            row.put("zeros", measured.zeros());
            row.put("non_finite", measured.nonFinite());
            rows.add(row);
        }
        return rows;
    }

    /** A table of them. */
    static void print(List<Measurement> measurements, PrintStream out) {
        Table table = new Table("path", "source", "part", "type", "mean", "std", "min", "max", "zeros", "not finite");
        for (Measurement measured : measurements) {
            table.row(
                    measured.path(),
                    measured.source(),
                    part(measured),
                    measured.type().toString(),
                    number(measured.mean()),
                    number(measured.deviation()),
                    number(measured.min()),
                    number(measured.max()),
                    share(measured.zeros()),
                    share(measured.nonFinite()));
        }
        table.print(out);
    }

    private static String part(Measurement measured) {
        return measured.part().name().toLowerCase(Locale.ROOT);
    }

    private static String number(double number) {
        return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, "%.4g", number);
    }

    private static String share(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}
