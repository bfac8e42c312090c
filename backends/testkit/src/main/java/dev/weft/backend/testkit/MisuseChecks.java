package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.text.ProgramParser;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What is asked wrongly is refused with the right exception, and the session works afterwards. */
final class MisuseChecks {

    private static final String PROGRAM = """
            program ops=1
            stored state "s" : f32[2]
            fn @double(%0 "x": f32[2]) {
              %1 = add %0, %0 : f32[2]
              return %1
            }
            fn @gather(%0 "table": f32[3,2], %1 "i": i32[2]) {
              %2 = gather %0, %1 : f32[2,2]
              return %2
            }
            fn @scatter(%0 "table": f32[3], %1 "i": i32[2], %2 "u": f32[2]) {
              %3 = scatter_add %0, %1, %2 : f32[3]
              return %3
            }
            fn @slice(%0 "x": f32[5], %1 "at": i32[]) {
              %2 = dynamic_slice %0, %1 axis=0 size=3 : f32[3]
              return %2
            }
            fn @update(%0 "x": f32[5], %1 "u": f32[2], %2 "at": i32[]) {
              %3 = dynamic_update %0, %1, %2 axis=0 : f32[5]
              return %3
            }
            entry double = @double reads [] inputs ["x"] outputs ["y"] writes []
            entry gather = @gather reads [] inputs ["table", "i"] outputs ["y"] writes []
            entry scatter = @scatter reads [] inputs ["table", "i", "u"] outputs ["y"] writes []
            entry slice = @slice reads [] inputs ["x", "at"] outputs ["y"] writes []
            entry update = @update reads [] inputs ["x", "u", "at"] outputs ["y"] writes []
            """;

    private final Supplier<Backend> backend;

    MisuseChecks(Supplier<Backend> backend) {
        this.backend = backend;
    }

    List<Check> checks() {
        return List.of(
                refused("an unknown entry", s -> run(s, "treble", Map.of("x", floats(2)))),
                refused("a missing input", s -> run(s, "double", Map.of())),
                refused("an unknown input", s -> run(s, "double", Map.of("x", floats(2), "y", floats(2)))),
                refused("an input that is too short", s -> run(s, "double", Map.of("x", floats(1)))),
                refused("an input that is too long", s -> run(s, "double", Map.of("x", floats(3)))),
                refused("an unknown stored tensor", s -> s.stored("t").type()),
                refused("reading into too little", s -> s.read(s.stored("s"), floats(1))),
                refused("writing behind the end", s -> s.write(floats(1), s.stored("s"), 2)),
                refused("writing over the end", s -> s.write(floats(2), s.stored("s"), 1)),
                refused("writing before the start", s -> s.write(floats(1), s.stored("s"), -1)),
                refused("writing far behind the end", s -> s.write(floats(1), s.stored("s"), Long.MAX_VALUE)),
                refused(
                        "writing part of an element",
                        s -> s.write(MemorySegment.ofArray(new byte[3]), s.stored("s"), 0)),
                refused("writing too much", s -> s.write(floats(3), s.stored("s"))),
                refused("an index before the table", s -> run(s, "gather", table(3 * 2, ints(0, -1)))),
                refused("an index behind the table", s -> run(s, "gather", table(3 * 2, ints(3, 0)))),
                refused("adding behind the table", s -> scatter(s, 1, 3)),
                refused("adding before the table", s -> scatter(s, -1, 1)),
                refused("a window that begins before", s -> run(s, "slice", Map.of("x", floats(5), "at", ints(-1)))),
                refused("a window that ends behind", s -> run(s, "slice", Map.of("x", floats(5), "at", ints(3)))),
                refused("an update that ends behind", s -> update(s, 4)),
                refused("an update that begins before", s -> update(s, -1)),
                new Check("misuse", "a buffer of another session", this::foreignBuffer),
                new Check("misuse", "a closed session", this::closedSession),
                new Check("misuse", "arrays of the heap are inputs too", this::heapArrays));
    }

    private static void run(Session session, String entry, Map<String, MemorySegment> inputs) {
        // What an entry finds while it runs may be told when its outputs are read.
        session.run(entry, inputs)
                .values()
                .forEach(output -> session.read(
                        output,
                        MemorySegment.ofArray(
                                new byte[Math.toIntExact(output.type().bytes())])));
    }

    private static Map<String, MemorySegment> table(int elements, MemorySegment indices) {
        return Map.of("table", floats(elements), "i", indices);
    }

    private static void scatter(Session session, int first, int second) {
        run(session, "scatter", Map.of("table", floats(3), "i", ints(first, second), "u", floats(2)));
    }

    private static void update(Session session, int at) {
        run(session, "update", Map.of("x", floats(5), "u", floats(2), "at", ints(at)));
    }

    private static MemorySegment floats(int count) {
        return MemorySegment.ofArray(new float[count]);
    }

    private static MemorySegment ints(int... values) {
        return MemorySegment.ofArray(values);
    }

    private Check refused(String what, Consumer<Session> misuse) {
        return new Check("misuse", what, check -> {
            try (Session session = open()) {
                require(UserException.class, () -> misuse.accept(session));
                requireWorking(session);
            }
            return check.passed(0);
        });
    }

    private Session open() {
        Program program = ProgramParser.parse(PROGRAM);
        return backend.get().compile(program, CompileOptions.DEFAULT);
    }

    private static void requireWorking(Session session) {
        float[] y = new float[2];
        Buffer output = session.run("double", Map.of("x", MemorySegment.ofArray(new float[] {1, -3})))
                .get("y");
        session.read(output, MemorySegment.ofArray(y));
        if (y[0] != 2 || y[1] != -6) {
            throw new AssertionError("after a refusal the session must work, got %s %s".formatted(y[0], y[1]));
        }
    }

    private static void require(Class<? extends RuntimeException> wanted, Runnable misuse) {
        try {
            misuse.run();
        } catch (RuntimeException e) {
            if (!wanted.isInstance(e)) {
                throw new AssertionError("must be refused with a %s, got %s".formatted(wanted.getSimpleName(), e), e);
            }
            if (e.getMessage() == null || e.getMessage().isBlank()) {
                throw new AssertionError("must be refused with a sentence, got none", e);
            }
            return;
        }
        throw new AssertionError("must be refused with a %s, was done".formatted(wanted.getSimpleName()));
    }

    private Outcome foreignBuffer(Check check) {
        try (Session session = open();
                Session other = open()) {
            require(UserException.class, () -> session.read(other.stored("s"), floats(2)));
            require(UserException.class, () -> session.write(floats(2), other.stored("s")));
            require(UserException.class, () -> session.write(floats(1), other.stored("s"), 1));
            requireWorking(session);
        }
        return check.passed(0);
    }

    private Outcome closedSession(Check check) {
        Session session = open();
        Buffer stored = session.stored("s");
        session.close();
        session.close();
        require(IllegalStateException.class, () -> session.run("double", Map.of("x", floats(2))));
        require(IllegalStateException.class, () -> session.read(stored, floats(2)));
        require(IllegalStateException.class, () -> session.write(floats(2), stored));
        stored.close();
        return check.passed(0);
    }

    private Outcome heapArrays(Check check) {
        try (Session session = open()) {
            requireWorking(session);
        }
        return check.passed(0);
    }
}
