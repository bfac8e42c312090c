package dev.weft.bench.suite;

import dev.weft.bench.protocol.SideProcess;
import dev.weft.bench.protocol.Steps;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sides at the same work: some steps of one, then as many of the next, and again. The first turn warms up and does not count; turns begin
 * with another side each time. A side that cannot take part, or fails, leaves with a sentence, and the others go on; without ours, the
 * first, there is nothing to compare. Closing ends all processes.
 */
final class Turns implements AutoCloseable {

    private final Map<Contestant, Running> running = new LinkedHashMap<>();
    private final Map<Contestant, SideResult> left = new LinkedHashMap<>();
    private final List<Contestant> order = new ArrayList<>();

    /** What one side did so far. */
    private record Running(
            SideProcess process, String version, List<List<Double>> millis, List<Double> losses, List<Double> host) {}

    /** Starts a side and gives it its work by {@code open}, which tells its version. */
    void add(Contestant side, Function<Contestant, SideProcess> start, Function<SideProcess, String> open) {
        order.add(side);
        @Nullable SideProcess process = null;
        try {
            process = start.apply(side);
            running.put(
                    side,
                    new Running(process, open.apply(process), new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
        } catch (MachineException lack) {
            left.put(side, SideResult.unavailable(side.name(), String.valueOf(lack.getMessage())));
        } catch (UserException failure) {
            left.put(side, SideResult.failed(side.name(), String.valueOf(failure.getMessage())));
        } finally {
            if (process != null && !running.containsKey(side)) {
                process.close();
            }
        }
    }

    /** Turn number {@code turn}, from 0, of so many steps. */
    void take(int turn, int steps) {
        for (int i = 0; i < order.size(); i++) {
            Contestant side = order.get((turn + i) % order.size());
            Running now = running.get(side);
            if (now != null && running.containsKey(order.getFirst())) {
                try {
                    Steps done = now.process.steps(turn * steps, steps);
                    now.losses.addAll(done.losses());
                    if (turn > 0) {
                        now.millis.add(done.millis());
                        now.host.addAll(done.host());
                    }
                } catch (UserException failure) {
                    running.remove(side);
                    now.process.close();
                    left.put(side, SideResult.failed(side.name(), String.valueOf(failure.getMessage())));
                }
            }
        }
    }

    /** What came out, in the order in which sides were added. */
    List<SideResult> results() {
        return order.stream().map(this::result).toList();
    }

    private SideResult result(Contestant side) {
        Running now = running.get(side);
        if (now == null) {
            return left.get(side);
        }
        return running.containsKey(order.getFirst())
                ? new SideResult(
                        side.name(),
                        now.version,
                        "",
                        false,
                        now.millis,
                        now.losses,
                        now.process.peakResidentBytes(),
                        OptionalLong.empty(),
                        now.host)
                : SideResult.unavailable(side.name(), "not run: there is nothing to compare it with");
    }

    @Override
    public void close() {
        running.values().forEach(each -> each.process.close());
    }
}
