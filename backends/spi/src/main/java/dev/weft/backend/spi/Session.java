package dev.weft.backend.spi;

import dev.weft.graph.schedule.Schedule;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * A compiled program with its stored tensors. All entries share them, so each has one type and layout. One thread at a time: a
 * second one gets an {@link IllegalStateException}.
 */
public interface Session extends AutoCloseable {

    /** The buffer of a stored tensor; the same one each time. */
    Buffer stored(String name);

    /**
     * Runs an entry. May return before it has finished; {@link #read} waits, and then tells of an index outside its table that the run
     * could not tell of. Inputs may be changed once it has returned.
     *
     * @param inputs row-major elements by input name, of exactly the input's size
     * @return the outputs by name; each is valid until this entry runs again
     * @throws dev.weft.graph.UserException for an unknown entry, a missing, unknown or wrongly sized input, or an index that is data
     *     and outside its table; stored tensors are then undefined where the entry writes them
     */
    Map<String, Buffer> run(String entry, Map<String, MemorySegment> inputs);

    /**
     * Says what the next run of an entry will probably be given, so that it may be brought to where it is read while an earlier run goes
     * on. A run that is given something else is right too.
     *
     * @param inputs as for {@link #run}, asked for by backends that use this; they may be changed once this has returned
     * @throws dev.weft.graph.UserException as {@link #run} for an entry or inputs that it would refuse, where the backend uses this
     */
    default void expect(String entry, Supplier<Map<String, MemorySegment>> inputs) {}

    /** Copies a buffer's elements, row-major, into a segment of exactly its size. */
    void read(Buffer from, MemorySegment to);

    /** Copies row-major elements into a buffer of exactly that size. */
    default void write(MemorySegment from, Buffer to) {
        EntryInputs.requireSize("write", to.type(), from);
        write(from, to, 0);
    }

    /**
     * Copies elements into a part of a buffer: a large tensor that is made piece by piece need not be elsewhere as a whole.
     *
     * @param from whole elements, in row-major order
     * @param first the row-major index in the buffer at which they begin, counted in elements
     * @throws dev.weft.graph.UserException if they are not within the buffer; nothing is written then
     */
    void write(MemorySegment from, Buffer to, long first);

    /** The texts that compilation went through, in order; empty unless they were kept. */
    List<Stage> stages();

    /**
     * The schedule that each entry runs, by name, as a memory budget left it; empty where the backend has none, or where the session
     * was loaded and not compiled.
     */
    default Map<String, Schedule> schedules() {
        return Map.of();
    }

    /** What {@link Backend#load} takes, so that it need not be compiled again; empty where that cannot be kept. */
    default Optional<byte[]> executable() {
        return Optional.empty();
    }

    /** What compilation cost and what a run of each entry needs. */
    Statistics statistics();

    /**
     * When each thread began and ended each step of the last run of an entry; empty if it has not run, if the session was not compiled
     * to be timed, or if the backend does not note times.
     *
     * @throws dev.weft.graph.UserException for an unknown entry
     */
    default Optional<Timeline> timeline(String entry) {
        return Optional.empty();
    }

    /**
     * Nanoseconds in which the calls of this session so far only waited for a device; what else they took is the host's own time. Empty
     * where the machine that calls is the one that computes.
     */
    default OptionalLong waitedNanos() {
        return OptionalLong.empty();
    }

    @Override
    void close();
}
