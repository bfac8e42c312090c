package dev.weft.cli;

import dev.weft.cli.plot.Chart;
import dev.weft.cli.plot.Curve;
import dev.weft.models.score.PositionLoss;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The loss by position in the context, in words, as data and as a picture. */
final class PositionReport {

    private static final int BAR = 32;

    private final PositionLoss loss;
    private final List<PositionLoss.Range> ranges;

    PositionReport(PositionLoss loss) {
        this.loss = loss;
        this.ranges = loss.doubling();
    }

    List<Map<String, Object>> json() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (PositionLoss.Range range : ranges) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("from", range.from());
            row.put("to", range.to());
            row.put("tokens", range.weight());
            row.put("nats_per_token", range.natsPerToken());
            rows.add(row);
        }
        return rows;
    }

    void print(PrintStream to) {
        double most = ranges.stream()
                .mapToDouble(PositionLoss.Range::natsPerToken)
                .max()
                .orElse(1);
        to.println("tokens seen    nats a token    tokens");
        for (PositionLoss.Range range : ranges) {
            String seen = range.from() == range.to()
                    ? Integer.toString(range.from())
                    : "%d to %d".formatted(range.from(), range.to());
            to.printf(
                    "%11s  %14.6f  %8.0f  %s%n",
                    seen, range.natsPerToken(), range.weight(), Bars.of(range.natsPerToken() / most, BAR));
        }
    }

    /** Each position as a thin line, and the ranges as a strong one. */
    void draw(Path file) {
        List<Curve.Point> each = new ArrayList<>();
        for (int i = 0; i < loss.nats().size(); i++) {
            double weight = loss.weights().get(i);
            each.add(new Curve.Point(i + 1.0, weight > 0 ? loss.nats().get(i) / weight : Double.NaN));
        }
        List<Curve.Point> means = ranges.stream()
                .map(range -> new Curve.Point((range.from() + range.to()) / 2.0, range.natsPerToken()))
                .toList();
        Chart chart = Chart.of(
                "loss by tokens seen", List.of(new Curve("nats a token", each, means)), "tokens seen in the window");
        PictureFile.write(file, chart);
    }
}
