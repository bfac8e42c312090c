package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.host.KernelLog;
import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.testkit.BackendConformance;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/**
 * The conformance kit on the host device: every kernel runs from its unchanged text, each launch forward, reversed and at random on the
 * same memory with equal bits. All kernels also run without each of their barriers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CudaConformanceTest extends BackendConformance {
    private static final double LEAST_FOUND = 0.9;

    private final KernelLog log = new KernelLog(1);

    @Override
    protected BackendProvider provider() {
        return new HostProvider(Order.all(1), log);
    }

    @AfterAll
    void everyKernelThatIsEmittedRuns() {
        assertThat(log.ran()).isEqualTo(log.compiled()).hasSizeGreaterThan(500);
    }

    @AfterAll
    void aBarrierThatIsMissingIsFound() throws IOException {
        Map<String, Boolean> found = log.found();
        List<String> missed = found.entrySet().stream()
                .filter(barrier -> !barrier.getValue())
                .map(Map.Entry::getKey)
                .toList();
        System.out.printf(
                "barriers: of %d that were deleted, %d were found%n", found.size(), found.size() - missed.size());
        assertThat(found).isNotEmpty();
        assertThat(missed).hasSizeLessThanOrEqualTo((int) ((1 - LEAST_FOUND) * found.size()));
        assertThat(missed.stream().map(CudaConformanceTest::withoutNumber)).isSubsetOf(listed());
    }

    /** What a barrier's kernel says of itself, without the number of its text. */
    private static String withoutNumber(String barrier) {
        return barrier.replaceFirst(" \\([0-9a-f]{8}\\)", "");
    }

    /** Barriers without which nothing is found. */
    private static List<String> listed() throws IOException {
        InputStream resource =
                Objects.requireNonNull(CudaConformanceTest.class.getResourceAsStream("barriers-not-found.txt"));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return lines.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }
}
