package dev.weft.cli;

import dev.weft.backend.spi.Statistics;
import dev.weft.graph.pass.Pipeline;
import dev.weft.models.Model;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What compiling took and what came out of it, as a table and as JSON.
 *
 * @param loweringMillis from text to graph
 * @param millis from text to a session that can run
 */
record CompileReport(String backend, List<String> entries, Model model, double loweringMillis, double millis) {

    CompileReport {
        entries = List.copyOf(entries);
    }

    SequencedMap<String, Object> json() {
        Statistics statistics = model.statistics();
        Statistics.EntryStatistics sum = CompileTrace.sum(statistics.entries(), entries);
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("backend", backend);
        json.put("kernels", statistics.kernels());
        json.put("regions", sum.regions());
        json.put("fallback_regions", statistics.fallbackRegions());
        json.put("gflop", sum.flops() / 1e9);
        json.put("bytes_moved", sum.bytesMoved());
        json.put("peak_bytes", statistics.peakBytes());
        Statistics.Again again = statistics.again();
        json.put("regions_again", again.regions());
        json.put("gflop_again", again.flops() / 1e9);
        json.put("bytes_moved_again", again.bytesMoved());
        json.put("saved_bytes", again.savedBytes());
        json.put("compile_ms", millis);
        json.put("lowering_ms", loweringMillis);
        json.put("backend_ms", statistics.compileMillis());
        json.put("from_cache", model.steps().isFromCache());
        json.put("passes", passes());
        return json;
    }

    private List<Map<String, Object>> passes() {
        List<Map<String, Object>> passes = new ArrayList<>();
        for (Pipeline.Step step : model.steps().steps()) {
            SequencedMap<String, Object> pass = new LinkedHashMap<>();
            pass.put("pass", step.pass());
            pass.put("before", step.before());
            pass.put("after", step.after());
            pass.put("ms", step.nanos() / 1e6);
            passes.add(pass);
        }
        return passes;
    }

    /** The closing table. */
    void print(PrintStream out) {
        Statistics statistics = model.statistics();
        row(out, "pass", "before", "after", "ms");
        row(out, "lower", "", "" + first(), ms(loweringMillis));
        for (Pipeline.Step step : model.steps().steps()) {
            row(out, step.pass(), "" + step.before(), "" + step.after(), ms(step.nanos() / 1e6));
        }
        row(out, "backend " + backend, "", "", ms(statistics.compileMillis()));
        out.println();
        row(out, "entry", "regions", "GFLOP", "bytes moved");
        for (String name : entries) {
            Statistics.EntryStatistics entry = CompileTrace.sum(statistics.entries(), List.of(name));
            row(out, name, "" + entry.regions(), gflop(entry.flops()), bytes(entry.bytesMoved()));
        }
        out.println();
        out.println("kernels            " + statistics.kernels());
        out.println("interpreted        " + statistics.fallbackRegions() + " regions");
        out.println("peak memory        " + bytes(statistics.peakBytes()));
        if (statistics.again().regions() > 0) {
            out.println("computed again     " + again(statistics.again()));
        }
        out.println("compile time       " + ms(millis) + " ms");
    }

    /** What a memory budget costs a run. */
    static String again(Statistics.Again again) {
        return "%d regions, %s GFLOP and %s moved a run more, for %s less memory"
                .formatted(again.regions(), gflop(again.flops()), bytes(again.bytesMoved()), bytes(again.savedBytes()));
    }

    private long first() {
        return model.steps().lowered();
    }

    private static void row(PrintStream out, String name, String... cells) {
        out.print("%-18s".formatted(name));
        for (String cell : cells) {
            out.print("%13s".formatted(cell));
        }
        out.println();
    }

    private static String ms(double millis) {
        return String.format(Locale.ROOT, "%.1f", millis);
    }

    private static String gflop(long flops) {
        return String.format(Locale.ROOT, flops < 1e8 ? "%.6f" : "%.3f", flops / 1e9);
    }

    static String bytes(long bytes) {
        if (bytes < 1 << 20) {
            return String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0);
        }
        return bytes < 1 << 30
                ? String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20))
                : String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
    }
}
