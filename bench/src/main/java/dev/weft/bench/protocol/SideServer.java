package dev.weft.bench.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.graph.MachineException;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.DoubleSupplier;

/** A side's end of the protocol: opens the work that it is told, times its steps, answers. */
public final class SideServer {

    private static final double NANOS_PER_MILLI = 1e6;

    /** Steps of one kind of work. */
    public interface Work extends AutoCloseable {

        /**
         * One step: all that is timed.
         *
         * @param index of the step, from 0, ascending
         * @return what computes its loss in nats, outside of the time
         */
        DoubleSupplier step(int index);

        /** How often a step does the same, where one time would be too short to be measured; a step's time is divided by it. */
        default int runs() {
            return 1;
        }

        /** Nanoseconds in which steps so far only waited for a device; empty where there is none. */
        default OptionalLong waitedNanos() {
            return OptionalLong.empty();
        }

        @Override
        void close();
    }

    /** Makes work ready for its first step. */
    @FunctionalInterface
    public interface Opener {
        /** @throws MachineException with a sentence if this side cannot do it */
        Work open(Opening opening);
    }

    private final String name;
    private final Opener opener;
    private final BufferedReader requests;
    private final PrintStream answers;

    /**
     * @param name what the side is and its version
     * @param requests lines in
     * @param answers lines out
     */
    SideServer(String name, Opener opener, BufferedReader requests, PrintStream answers) {
        this.name = name;
        this.opener = opener;
        this.requests = requests;
        this.answers = answers;
    }

    /** Serves standard input until it ends; whatever else is printed goes to standard error. */
    public static void serve(String name, Opener opener) throws IOException {
        PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        System.setOut(System.err);
        new SideServer(
                        name,
                        opener,
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                        answers)
                .run();
    }

    void run() throws IOException {
        String first = requests.readLine();
        if (first == null) {
            return;
        }
        ObjectNode open = Lines.parse(first);
        if (!Lines.OPEN.equals(open.path(Lines.DO).asText())) {
            throw new IllegalArgumentException("must begin with open, got: " + first);
        }
        try (Work work = opener.open(Lines.read(open, Opening.class))) {
            answer(Lines.object().put("ready", name));
            serve(work);
        } catch (MachineException lack) {
            answer(Lines.object().put("unavailable", Objects.requireNonNullElse(lack.getMessage(), lack.toString())));
        }
    }

    private void serve(Work work) throws IOException {
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            ObjectNode request = Lines.parse(line);
            String word = request.path(Lines.DO).asText();
            switch (word) {
                case Lines.STEPS ->
                    answer(Lines.of(steps(
                            work,
                            request.path("first").asInt(),
                            request.path("count").asInt())));
                case Lines.END -> {
                    return;
                }
                default -> throw new IllegalArgumentException("must be steps or end, got: " + line);
            }
        }
    }

    private static Steps steps(Work work, int first, int count) {
        List<Double> millis = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        List<Double> host = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            OptionalLong before = work.waitedNanos();
            long start = System.nanoTime();
            DoubleSupplier loss = work.step(i);
            long nanos = System.nanoTime() - start;
            millis.add(nanos / NANOS_PER_MILLI / work.runs());
            if (before.isPresent()) {
                long waited = work.waitedNanos().orElseThrow() - before.getAsLong();
                host.add((nanos - waited) / NANOS_PER_MILLI / work.runs());
            }
            losses.add(loss.getAsDouble());
        }
        return new Steps(millis, losses, host);
    }

    private void answer(ObjectNode line) {
        answers.println(line);
        answers.flush();
    }
}
