package dev.weft.cli;

import dev.weft.cli.plot.Chart;
import dev.weft.cli.plot.Curve;
import dev.weft.models.score.PositionLoss;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The loss by position in the context. */
final class PositionReport implements EvalReport {

    private static final int BAR = 32;

    private final PositionLoss loss;
    private final List<PositionLoss.Range> ranges;

    PositionReport(PositionLoss loss) {
        this.loss = loss;
        this.ranges = loss.doubling();
    }

    @Override
    public String key() {
        return "by_position";
    }

    @Override
    public List<Map<String, Object>> rows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (PositionLoss.Range range : ranges) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("from", range.seen().from());
            row.put("to", range.seen().to());
            row.put("tokens", range.weight());
            row.put("nats_per_token", range.natsPerToken());
            rows.add(row);
        }
        return rows;
    }

    @Override
    public void print(PrintStream to) {
        double most = ranges.stream()
                .mapToDouble(PositionLoss.Range::natsPerToken)
                .max()
                .orElse(1);
        to.println("tokens seen    nats a token    tokens");
        for (PositionLoss.Range range : ranges) {
            to.printf(
                    "%11s  %14.6f  %8.0f  %s%n",
                    range.seen().words(),
                    range.natsPerToken(),
                    range.weight(),
                    Bars.of(range.natsPerToken() / most, BAR));
        }
    }

    /** Each position as a thin line, and the ranges as a strong one. */
    @Override
    public Chart chart() {
        List<Curve.Point> each = new ArrayList<>();
        for (int i = 0; i < loss.nats().size(); i++) {
            double weight = loss.weights().get(i);
            each.add(new Curve.Point(i + 1.0, weight > 0 ? loss.nats().get(i) / weight : Double.NaN));
        }
        List<Curve.Point> means = ranges.stream()
                .map(range -> new Curve.Point(range.seen().middle(), range.natsPerToken()))
                .toList();
        Curve curve = new Curve(
                new Curve.Line("each position", each), new Curve.Line("positions together", means), List.of());
        return Chart.of("Loss by tokens seen, nats a token", List.of(curve), "tokens seen in the window");
    }
}
