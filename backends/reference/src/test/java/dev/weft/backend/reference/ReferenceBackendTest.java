package dev.weft.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Backends;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.text.ProgramParser;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReferenceBackendTest {

    private static final Program COUNTER = ProgramParser.parse("""
            program ops=1
            stored state "total" : f32[2]
            fn @add(%0 "total": f32[2], %1 "x": f32[2]) {
              %2 = add %0, %1 : f32[2]
              %3 = exp %2 : f32[2]
              return %3, %2
            }
            entry add = @add reads ["total"] inputs ["x"] outputs ["e"] writes ["total"]
            """);

    private final Backend backend = Backends.named("reference").open(new BackendOptions(1));

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void storedTensorsOutliveARun() {
        try (Session session = backend.compile(COUNTER, CompileOptions.DEFAULT)) {
            Map<String, MemorySegment> inputs = Map.of("x", MemorySegment.ofArray(new float[] {1, 2}));
            session.run("add", inputs);
            float[] e = new float[2];
            session.read(session.run("add", inputs).get("e"), MemorySegment.ofArray(e));
            float[] total = new float[2];
            session.read(session.stored("total"), MemorySegment.ofArray(total));

            assertThat(total).containsExactly(2, 4);
            assertThat(e).containsExactly((float) StrictMath.exp(2), (float) StrictMath.exp(4));
            session.write(MemorySegment.ofArray(new float[] {7, 8}), session.stored("total"));
            session.read(session.stored("total"), MemorySegment.ofArray(total));
            assertThat(total).containsExactly(7, 8);
        }
    }

    @Test
    void anInputOfAnotherSizeIsRefused() {
        try (Session session = backend.compile(COUNTER, CompileOptions.DEFAULT)) {
            assertThatThrownBy(() -> session.run("add", Map.of("x", MemorySegment.ofArray(new float[3]))))
                    .isInstanceOf(UserException.class)
                    .hasMessage("entry add: input x (f32[2]) must have 8 bytes, got 12");
        }
    }

    @Test
    void closingTheBackendClosesItsSessions() {
        Session session = backend.compile(COUNTER, CompileOptions.DEFAULT);
        backend.close();
        backend.close();
        assertThatThrownBy(() -> session.stored("total"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("session: is closed");
        session.close();
    }

    @Test
    void stagesAreKeptOnRequest() {
        try (Session session = backend.compile(COUNTER, new CompileOptions(false, true))) {
            assertThat(session.stages()).extracting("name").containsExactly("program");
        }
    }
}
