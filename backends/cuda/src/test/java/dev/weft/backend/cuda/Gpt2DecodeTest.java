package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.absent.Counts;
import dev.weft.backend.cuda.absent.NullDevice;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.Arena;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A token of GPT-2's smallest model after others, on a device that is only described. */
class Gpt2DecodeTest {
    private static final int TOKENS = 5;
    private static final int LAYERS = 12;
    /** Two norms, four products and what follows them, attention, and what the cache gets; in bf16 one more for its rounding. */
    private static final int PER_LAYER = 11;

    private static final int AROUND = 4;
    private static final long VOCABULARY = 50_257;

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void aTokenIsOneLaunchAndOneCopyFromTheHost(ElementType precision) {
        Program program = Models.whole(EntryRequest.of("next", Map.of("B", 1L, "T", 1L)), precision);
        NullDevice device = Described.h200(4L << 30);
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), CodeStore.none());
                Session session = backend.compile(program, CompileOptions.DEFAULT);
                Arena arena = Arena.ofConfined()) {
            Counts before = device.counts();
            session.run("next", Described.zeros(program, "next", arena));
            long recorded = device.counts().since(before).recorded();
            System.out.printf("124M, a token in %s: %d launches in its graph%n", precision, recorded);
            session.run("next", Described.zeros(program, "next", arena));
            before = device.counts();
            for (int token = 0; token < TOKENS; token++) {
                session.run("next", Described.zeros(program, "next", arena));
            }
            Counts happened = device.counts().since(before);
            assertThat(happened.replays()).isEqualTo(TOKENS);
            assertThat(happened.copiesIn()).isEqualTo(TOKENS);
            assertThat(happened.launches() + happened.products() + happened.copiesOut())
                    .isZero();
            assertThat(happened.allocations() + happened.synchronizations()).isZero();
            assertThat(session.statistics().entries().get("next").regions())
                    .isLessThanOrEqualTo(LAYERS * (PER_LAYER + (precision == ElementType.F32 ? 0 : 1)) + AROUND);
            long largest = session.schedules().get("next").regions().stream()
                    .flatMap(region -> region.outputs().stream())
                    .map(Value::type)
                    .filter(type -> type.rank() < 4)
                    .mapToLong(type -> type.shape().elements())
                    .max()
                    .orElseThrow();
            assertThat(largest).isEqualTo(VOCABULARY);
        }
    }
}
