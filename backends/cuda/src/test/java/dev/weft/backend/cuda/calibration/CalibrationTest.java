package dev.weft.backend.cuda.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.device.KernelCompiler.Image;
import dev.weft.backend.cuda.host.HostDevice;
import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.cuda.nativelib.Availability;
import dev.weft.backend.cuda.nativelib.Cubin;
import dev.weft.backend.cuda.nativelib.DriverDevice;
import dev.weft.backend.cuda.nativelib.Libraries;
import dev.weft.backend.cuda.nativelib.Nvrtc;
import dev.weft.backend.cuda.nativelib.Redistributable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The numbers that GPUs are calibrated by are those of the host device; {@code -Dweft.accept=true} writes them anew. */
class CalibrationTest {

    private static final Path RESOURCE =
            Path.of("src/main/resources/dev/weft/backend/cuda/calibration", Calibration.RESOURCE);

    private static SequencedMap<String, int[]> onHost(Order order) {
        try (HostDevice device = HostDevice.open(1 << 20, order)) {
            return Calibration.run(device);
        }
    }

    @Test
    void theNumbersAreThoseOfTheHostDeviceInEveryOrder() throws IOException {
        SequencedMap<String, int[]> bits = onHost(Order.FORWARD);
        if (Boolean.getBoolean("weft.accept")) {
            Files.createDirectories(RESOURCE.getParent());
            Files.writeString(RESOURCE, Calibration.text(bits));
        }

        assertThat(Files.readString(RESOURCE))
                .as(RESOURCE + " is stale: run this test with -Dweft.accept=true")
                .isEqualTo(Calibration.text(bits));
        for (Order order : List.of(Order.REVERSED, Order.random(3))) {
            assertThat(Calibration.text(onHost(order))).as(order.toString()).isEqualTo(Calibration.text(bits));
        }
    }

    @Test
    void aWrongBitIsToldAndAUnitInTheLastPlaceOfALibrarysFunctionIsNot() {
        Map<String, int[]> bits = Calibration.golden();
        Map<String, int[]> golden = Calibration.golden();
        golden.get("expf")[5]++;
        assertThat(Calibration.differences(bits, golden)).isEmpty();

        golden.get("expf")[5] += 100;
        golden.get("to_bf16")[3]++;
        assertThat(Calibration.differences(bits, golden))
                .hasSize(2)
                .anyMatch(sentence -> sentence.startsWith("to_bf16: 1 of 512 words differ; of "))
                .anyMatch(sentence -> sentence.startsWith("expf: 1 of 256 words differ"));
    }

    @Test
    void nvidiasCompilerTakesEveryCase() {
        Image image = new Nvrtc(Redistributable.libraries(), "sm_90a")
                .compile(Case.all().stream().map(Case::source).toList());

        assertThat(Cubin.read(image.bytes()).kernels()).hasSize(Case.all().size());
    }

    @Test
    void everyFunctionOfThePreludeThatComputesIsCalibrated() throws IOException {
        String cases = Stream.concat(Case.all().stream().map(Case::text), Stream.of(""))
                .reduce("", String::concat);

        assertThat(prelude()).isNotEmpty().allSatisfy(name -> assertThat(cases).contains(name + "("));
    }

    /** Names of functions that differ between processors and have a result. */
    private static List<String> prelude() throws IOException {
        List<String> places = List.of(
                "block",
                "block_y",
                "blocks",
                "thread",
                "threads",
                "sync",
                "sync_warp",
                "global",
                "dynamic_shared",
                "shared_address");
        return Files.readAllLines(Path.of("src/main/resources/dev/weft/backend/cuda/codegen/prelude.cuh")).stream()
                .filter(line -> line.startsWith("DEVICE ") || line.startsWith("template<class T> DEVICE "))
                .map(line -> line.replaceFirst("^[^(]*?([a-z0-9_]+)\\(.*", "$1"))
                .distinct()
                .filter(name -> !places.contains(name))
                .toList();
    }

    @Test
    @Tag("gpu")
    void theGpuGivesTheSameBits() {
        Libraries libraries = Libraries.installed();
        Availability here = Availability.of(libraries);
        Assumptions.assumeTrue(here.possible(), here.reason());
        try (DriverDevice device = DriverDevice.open(libraries, 0)) {
            assertThat(Calibration.differences(Calibration.run(device), Calibration.golden()))
                    .isEmpty();
        }
    }
}
