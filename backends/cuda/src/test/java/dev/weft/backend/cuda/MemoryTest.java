package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.OutOfMemory;
import dev.weft.backend.spi.Session;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.MachineException;
import dev.weft.graph.Program;
import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is said of memory before any of it is taken. */
class MemoryTest {

    @Test
    void eightGibibytesAreTooLittleForSixteenSequencesAndTheSentenceSaysForHowManyTheyAreEnough() {
        try (Weft weft =
                Weft.open(WeftOptions.defaults().backend("cuda-described").withoutCache())) {
            String said = refusal(weft, 16);
            Matcher sentence = Pattern.compile("device memory: the tensors of this program need ([0-9.]+) GiB, but"
                            + " H200 has 8.00 GiB free; a batch of (\\d+) fits")
                    .matcher(said);
            assertThat(sentence.matches()).as(said).isTrue();
            System.out.println("124M, T=1024: " + said);
            assertThat(Double.parseDouble(sentence.group(1))).isGreaterThan(8);

            int fits = Integer.parseInt(sentence.group(2));
            compile(weft, fits);
            assertThat(refusal(weft, fits + 1)).endsWith("a batch of " + fits + " fits");
        }
    }

    private static String refusal(Weft weft, int batch) {
        try {
            compile(weft, batch);
        } catch (OutOfMemory lack) {
            return String.valueOf(lack.getMessage());
        }
        throw new AssertionError("a batch of " + batch + " fits");
    }

    private static void compile(Weft weft, long batch) {
        weft.compile(Models.gpt2(), EntryRequest.of("step", Map.of("B", batch, "T", 1024L)))
                .close();
    }

    @Test
    void whatIsCountedIsWhatIsTaken() {
        Program program = Models.tiny("gpt", "step", Map.of("B", 2L, "T", 16L));
        var device = Described.h200(1L << 30);
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), CodeStore.none())) {
            long counted = backend.memoryBytes(program).orElseThrow();
            try (Session session = backend.compile(program, CompileOptions.DEFAULT)) {
                long taken = (1L << 30) - device.freeBytes();
                assertThat(taken).isBetween(session.statistics().peakBytes(), counted);
                // A driver gives small pieces from larger ones.
                assertThat(counted - taken).isLessThan(32L << 20);
            }
        }
    }

    @Test
    void aBudgetIsKeptByComputingAgain() {
        Program program = Weft.PASSES.run(dev.weft.models.Program.load("gpt")
                .with(Map.of("layers", "4", "width", "128", "heads", "4", "context", "64", "vocab", "512"))
                .optimizer("adamw", Map.of())
                .lower(List.of(EntryRequest.of("step", Map.of("B", 16L, "T", 64L)))));
        var device = Described.h200(1L << 30);
        long free;
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), CodeStore.none())) {
            free = backend.memoryBytes(program).orElseThrow();
        }
        long less = free - (free - (32L << 20)) / 5;
        BackendOptions options = new BackendOptions(1, BackendOptions.UNLIMITED, less, true);
        try (CudaBackend backend = new CudaBackend(Described.h200(1L << 30), options, CodeStore.none());
                Session session = backend.compile(program, CompileOptions.DEFAULT)) {
            assertThat(session.statistics().peakBytes()).isLessThanOrEqualTo(less);
            assertThat(session.statistics().again().regions()).isPositive();
        }
        BackendOptions tooLittle = new BackendOptions(1, BackendOptions.UNLIMITED, 1 << 20, true);
        try (CudaBackend backend = new CudaBackend(Described.h200(1L << 30), tooLittle, CodeStore.none())) {
            assertThatThrownBy(() -> backend.compile(program, CompileOptions.DEFAULT))
                    .isInstanceOf(MachineException.class)
                    .hasMessageStartingWith("memory budget 1.0 MiB: the tensors of this program need");
        }
    }
}
