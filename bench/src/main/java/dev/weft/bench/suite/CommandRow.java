package dev.weft.bench.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.graph.MachineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A command of {@code ./weft}, run again and again, each time in a process of its own.
 *
 * @param command its arguments; {@link #RUN} stands for the folder of a small run
 * @param cold whether each time begins with an empty cache; otherwise one run before fills it
 * @param measure what of it counts
 * @param seconds that it may take
 */
record CommandRow(String name, String title, List<String> command, boolean cold, Measure measure, double seconds)
        implements Row {

    /** Stands for a run of a small model on characters, trained for two steps. */
    static final String RUN = "RUN";

    /** What counts. */
    enum Measure {
        /** From start to end of the process, as a person waits. */
        WALL,
        /** From text to a session that can run, as the command itself reports. */
        COMPILE,
        /** Lowering and the passes before the backend, as the command itself reports. */
        PASSES
    }

    CommandRow {
        command = List.copyOf(command);
    }

    @Override
    public List<Target> targets() {
        return List.of(Target.seconds(seconds));
    }

    @Override
    public Result run(Bench bench) {
        bench.note(name + ": " + title + " …");
        SideResult ours;
        String said = title;
        try {
            Commands weft = bench.commands();
            List<String> arguments = new ArrayList<>(command);
            arguments.replaceAll(word -> word.equals(RUN) ? weft.smallRun() : word);
            if (measure != Measure.WALL) {
                arguments.add("--json");
            }
            List<Double> millis = new ArrayList<>();
            Path cache = weft.emptyCache();
            for (int i = 0; i <= bench.repeats(); i++) {
                Commands.Done done = weft.run(arguments, cold ? weft.emptyCache() : cache);
                JsonNode json = measure == Measure.WALL ? new ObjectMapper().nullNode() : json(done.out());
                if (i > 0) {
                    millis.add(millis(done, json));
                } else if (measure == Measure.PASSES) {
                    said = "%s (%d)".formatted(title, lowered(json));
                }
            }
            ours = new SideResult(
                    "weft", "weft", "", false, millis.stream().map(List::of).toList(), List.of(), OptionalLong.empty());
        } catch (MachineException lack) {
            ours = SideResult.unavailable("weft", String.valueOf(lack.getMessage()));
        }
        return Result.of(name, said, List.of(ours)).judged(targets());
    }

    private double millis(Commands.Done done, JsonNode json) {
        return switch (measure) {
            case WALL -> done.millis();
            case COMPILE -> json.path("compile_ms").asDouble(Double.NaN);
            case PASSES -> {
                double sum = json.path("lowering_ms").asDouble(Double.NaN);
                for (JsonNode pass : json.path("passes")) {
                    sum += pass.path("ms").asDouble();
                }
                yield sum;
            }
        };
    }

    private static long lowered(JsonNode json) {
        long most = 0;
        for (JsonNode pass : json.path("passes")) {
            most = Math.max(
                    most,
                    Math.max(pass.path("before").asLong(), pass.path("after").asLong()));
        }
        return most;
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new MachineException("weft: must print JSON, got: " + text, e);
        }
    }
}
