package dev.weft.backend.cuda.nativelib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvailabilityTest {

    @Test
    void withoutASignOfAGpuNothingElseIsLookedFor(@TempDir Path root) {
        Availability here = Availability.here(Map.of("LD_LIBRARY_PATH", root + ":relative:"), root);

        assertThat(here.possible()).isFalse();
        assertThat(here.reason())
                .isEqualTo(
                        "cuda backend: there is no NVIDIA GPU here: no /dev/nvidiactl, and no libcuda.so.1 of a driver");
    }

    @Test
    void aDriverThatIsThereIsAsked(@TempDir Path root) throws IOException {
        Files.writeString(root.resolve("libcuda.so.1"), "no library");

        assertThat(Availability.here(Map.of("LD_LIBRARY_PATH", root.toString()), root)
                        .reason())
                .doesNotContain("there is no NVIDIA GPU here");
    }
}
