package dev.weft.cli;

import dev.weft.cli.plot.Chart;
import dev.weft.cli.plot.Curve;
import dev.weft.models.score.Estimate;
import dev.weft.models.score.FreeRunning;
import dev.weft.models.score.FreeRunning.Distance;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** How far a model drifts from a text when it reads what it wrote itself. */
final class FreeRunningReport implements EvalReport {

    private static final String UNIT = "tokens behind the prefix";

    private final FreeRunning running;

    FreeRunningReport(FreeRunning running) {
        this.running = running;
    }

    @Override
    public String key() {
        return "free_running";
    }

    @Override
    public List<Map<String, Object>> rows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Distance distance : running.spans()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("from", distance.span().from());
            row.put("to", distance.span().to());
            row.put("windows", running.windows());
            row.put("prefix", running.prefix());
            row.put("truth_nats", distance.truthNats());
            row.put("own_nats", distance.ownNats());
            row.put("truth_entropy_nats", distance.truthEntropy());
            row.put("own_entropy_nats", distance.ownEntropy());
            row.put("entropy_drift", distance.drift().mean());
            row.put("entropy_drift_95", distance.drift().confidence());
            row.put("run_length", running.gram());
            row.put("truth_known_runs", distance.truthKnown());
            row.put("own_known_runs", distance.ownKnown());
            row.put("known_drift", distance.knownDrift().mean());
            row.put("known_drift_95", distance.knownDrift().confidence());
            rows.add(row);
        }
        return rows;
    }

    @Override
    public void print(PrintStream to) {
        to.printf(
                "free running: %,d of %,d windows, each continued behind %,d tokens; nats; runs of %d tokens that occur elsewhere%n",
                running.windows(), running.windowsOfText(), running.prefix(), running.gram());
        to.println("                  loss  entropy behind                             known runs");
        to.println("   distance  the truth   truth     own         own - truth    truth     own         own - truth");
        for (Distance distance : running.spans()) {
            to.printf(
                    "%11s  %9.4f  %6.4f  %6.4f  %18s   %6.4f  %6.4f  %18s%n",
                    distance.span().words(),
                    distance.truthNats(),
                    distance.truthEntropy(),
                    distance.ownEntropy(),
                    signed(distance.drift()),
                    distance.truthKnown(),
                    distance.ownKnown(),
                    signed(distance.knownDrift()));
        }
    }

    private static String signed(Estimate drift) {
        // What rounds to nothing has no sign.
        String mean = EvalReport.interval(drift.mean(), drift.confidence()).replaceFirst("^-(0\\.0000)(?!\\d)", "$1");
        return mean.startsWith("-") || mean.startsWith("0.0000") ? mean : "+" + mean;
    }

    /** What the model expects above, what the text knows below. */
    @Override
    public Chart chart() {
        Chart entropy = Chart.of(
                "Entropy of the next token, nats",
                List.of(
                        curve("behind the true text", Distance::truthEntropy, distance -> Double.NaN),
                        curve(
                                "behind its own text; interval of the difference",
                                Distance::ownEntropy,
                                distance -> distance.drift().confidence())),
                UNIT);
        Chart known = Chart.of(
                "Runs of %d tokens that occur elsewhere in the text, part of all".formatted(running.gram()),
                List.of(
                        curve("true text", Distance::truthKnown, distance -> Double.NaN),
                        curve(
                                "its own text; interval of the difference",
                                Distance::ownKnown,
                                distance -> distance.knownDrift().confidence())),
                UNIT);
        return entropy.above(known);
    }

    /** Spans alone: single distances are noise. */
    private Curve curve(String name, ToDoubleFunction<Distance> value, ToDoubleFunction<Distance> half) {
        List<Curve.Point> means = new ArrayList<>();
        List<Curve.Interval> intervals = new ArrayList<>();
        for (Distance distance : running.spans()) {
            double x = distance.span().middle();
            means.add(new Curve.Point(x, value.applyAsDouble(distance)));
            intervals.add(Curve.Interval.around(x, value.applyAsDouble(distance), half.applyAsDouble(distance)));
        }
        return Curve.ofMeans(name, means, intervals);
    }
}
